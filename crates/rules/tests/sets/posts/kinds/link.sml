Import(rules=['names/post.sml'])

Links: List[str] = JsonData(path='$.post.links')
First = ListRead(list=Links)
Hosts = StringExtractDomains(s=StringJoin(s=' ', iterable=Links))
ManyLinks = Rule(when_all=[ListLength(list=Links) > 1], description='many links')
WhenRules(rules_any=[ManyLinks], then=[DeclareVerdict(verdict='links')])
