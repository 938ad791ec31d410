// One call of every kind with @segment/analytics-node.
import { Analytics } from '@segment/analytics-node'

const segment = new Analytics({ writeKey: process.env.KEY, host: process.env.URL, flushInterval: 100 })
segment.on('error', (error) => {
  console.error(error)
  process.exitCode = 1
})
segment.identify({ userId: 'u1', traits: { name: 'Mei', email: 'mei@example.com' } })
segment.track({ userId: 'u1', event: 'login', properties: { plan: 'pro', seats: 3, trial: false } })
segment.page({ userId: 'u1', name: 'home', category: 'docs', properties: { url: 'https://a.example/' } })
segment.screen({ userId: 'u1', name: 'main' })
segment.group({ userId: 'u1', groupId: 'c-1', traits: { name: 'Yunke' } })
segment.track({ anonymousId: 'a1', event: 'seen' })
segment.alias({ userId: 'u1', previousId: 'a1' })
await segment.closeAndFlush({ timeout: 10000 })
