// One call of every kind with posthog-node; prints the flags that it was told.
import { PostHog } from 'posthog-node'

const posthog = new PostHog(process.env.KEY, { host: process.env.URL, flushAt: 100 })
posthog.on('error', (error) => {
  console.error(error)
  process.exitCode = 1
})
posthog.capture({ distinctId: 'a1', event: 'seen', properties: { $process_person_profile: false } })
posthog.capture({ distinctId: 'u1', event: 'login', properties: { plan: 'pro' }, groups: { company: 'c-1' } })
posthog.identify({ distinctId: 'u1', properties: { $set: { email: 'mei@example.com' }, $set_once: { first: 'a' } } })
posthog.groupIdentify({ groupType: 'company', groupKey: 'c-1', properties: { name: 'Yunke' } })
posthog.capture({ distinctId: 'u1', event: 'history', timestamp: new Date(1_700_000_000_000), properties: { $ignore_sent_at: true } })
posthog.alias({ distinctId: 'u1', alias: 'b1' })
const all = await posthog.getAllFlags('u1')
await posthog.shutdown(10_000)
console.log(JSON.stringify({ all }))
