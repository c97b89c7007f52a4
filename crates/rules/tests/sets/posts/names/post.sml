Text: str = JsonData(path='$.post.text')
Kind: str = JsonData(path="$.post['kind of post']", required=False)
Length = StringLength(s=Text)
