# An example to start from: publish it in shadow, look at `cordon rules stats`, change what does not fit, publish it live.
Import(rules=['models/native.sml'])

Require(rule='accounts/sign_up.sml', require_if=IsSignUp)
Require(rule='accounts/devices.sml', require_if=EventType == 'account.logged_in')
Require(rule='posts/burst.sml', require_if=IsPost)
