-- A person's events of some days, the newest first, with what a session is told by.
select
    at,
    sequence,
    event,
    source,
    account,
    message_id,
    properties['session_id'] as session,
    coalesce(nullif(properties['page.url'], ''), nullif(properties['$current_url'], ''), nullif(properties['url'], ''), properties['page.path']) as page,
    coalesce(nullif(properties['page.referrer'], ''), nullif(properties['$referrer'], ''), properties['referrer']) as referrer,
    coalesce(nullif(properties['campaign.source'], ''), properties['utm_source']) as campaign_source,
    coalesce(nullif(properties['campaign.medium'], ''), properties['utm_medium']) as campaign_medium,
    coalesce(nullif(properties['campaign.name'], ''), properties['utm_campaign']) as campaign,
    coalesce(nullif(properties['device.type'], ''), nullif(properties['device.model'], ''), properties['$device_type']) as device,
    coalesce(nullif(properties['os.name'], ''), properties['$os']) as system,
    coalesce(nullif(properties['browser.name'], ''), nullif(properties['browser'], ''), properties['$browser']) as browser,
    coalesce(nullif(properties['userAgent'], ''), properties['user_agent']) as agent
from events
where workspace_id = {workspace_id:UInt32}
    and person in {people:Array(UInt32)}
    and day >= {first_day:Date}
    and at >= {since:DateTime64(3, 'UTC')}
    and at < {until:DateTime64(3, 'UTC')}
    and ({all:Bool} or account = 0 or account in {accounts:Array(UInt32)})
order by at desc, sequence desc, message_id desc
limit {most:UInt32}
