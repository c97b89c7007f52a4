Import(rules=['models/native.sml'])

# Many sign-ups from one address: worth telling the platform, which may ask for a puzzle; no evidence against anybody.
SignUpsHere = IncrementWindow(key=f'sign-ups:{Ip}', window_seconds=3600.0, when_all=[IsSignUp])

ManySignUps = Rule(
    when_all=[SignUpsHere > 20],
    description=f'{SignUpsHere} sign-ups from one address within an hour',
)

WhenRules(
    rules_any=[ManySignUps],
    then=[SendSignal(name='many_sign_ups', detail=f'{SignUpsHere} within an hour')],
)
