# An invented rule set: several files, guards, labels, what is missing and what is null.
Import(rules=['names/post.sml'])

UserId: Entity[str] = EntityJson(type='User', path='$.user.id')
MaybeBio: Optional[str] = JsonData(path='$.user.bio')
AgeDays: int = JsonData(path='$.user.age_days', required=False)
Bio = ResolveOptional(optional_value=MaybeBio, default_value='')
_Young = AgeDays < 7

Shouting = Rule(
    when_all=[StringToUpper(s=Text) == Text, Length > 5],
    description=f'{Length} capital letters',
)
Young = Rule(when_all=[_Young], description='young account')
NoBio = Rule(when_all=[MaybeBio == None or StringLength(s=MaybeBio) == 0], description='no bio')
Quiet = Rule(when_all=[not (Shouting or False), Kind != 'loud'], description='quiet')

WhenRules(
    rules_any=[Shouting, Young],
    then=[
        DeclareVerdict(verdict='look'),
        LabelAdd(entity=UserId, label='noisy', apply_if=NoBio, expires_after=TimeDelta(days=1)),
    ],
)
Require(rule=f'kinds/{Kind}.sml', require_if=Length > 0)
