Import(rules=['models/native.sml'])

# A device that many accounts use, one of which holds what a suspended one left behind.
DeviceAccounts = LinkedAccounts(entity=Device)
SuspendedBits = SuspendedWeight(account=UserId)

SharedDevice = Rule(
    when_all=[DeviceAccounts > 3, SuspendedBits > 10.0, not IsTrusted],
    description=f'one of {DeviceAccounts} accounts on a device, linked to a suspended one',
)

WhenRules(rules_any=[SharedDevice], then=[SendToReview(policy='ban-evasion')])
