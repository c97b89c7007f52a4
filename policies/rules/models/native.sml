# The native events (crates/model/schema/event.schema.json) as features. Whatever an event may lack is optional.
EventType: str = JsonData(path='$.type')
UserId: Entity[str] = EntityJson(type='UserId', path='$.account.id', required=False)
Handle: Optional[str] = JsonData(path='$.account.handle', required=False)
CreatedAt: str = JsonData(path='$.account.created_at', required=False)
Followers: int = JsonData(path='$.account.followers', required=False)
Device: Entity[str] = EntityJson(type='Device', path='$.session.device', required=False)
Ip: Entity[str] = EntityJson(type='Ip', path='$.session.ip', required=False)
PostText: str = JsonData(path='$.post.text', required=False)
PostUrls: List[str] = JsonData(path='$.post.urls', required=False)
PostMentions: List[str] = JsonData(path='$.post.mentions', required=False)

IsTrusted = HasLabel(entity=UserId, label='trusted')
IsSignUp = EventType == 'account.created'
IsPost = EventType == 'post.created'
