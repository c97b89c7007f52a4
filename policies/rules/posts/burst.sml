Import(rules=['models/native.sml'])

PostsAMinute = IncrementWindow(key=f'posts:{UserId}', window_seconds=60.0, when_all=[IsPost])
LinkPostsAnHour = IncrementWindow(
    key=f'link-posts:{UserId}',
    window_seconds=3600.0,
    when_all=[IsPost, ListLength(list=PostUrls) > 0],
)

Burst = Rule(
    when_all=[PostsAMinute > 10],
    description=f'{PostsAMinute} posts within a minute',
)
LinkFlood = Rule(
    when_all=[LinkPostsAnHour > 5, HasLabel(entity=UserId, label='bursting'), not IsTrusted],
    description=f'{LinkPostsAnHour} posts with links within an hour, after a burst',
)

WhenRules(
    rules_any=[Burst],
    then=[
        LabelAdd(entity=UserId, label='bursting', expires_after=TimeDelta(hours=24)),
        DeclareVerdict(verdict='slow_down'),
    ],
)
WhenRules(rules_any=[LinkFlood], then=[SendToReview(policy='spam')])
