// One call of every kind with @rudderstack/rudder-sdk-node.
import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const Analytics = RudderAnalytics.default ?? RudderAnalytics
const rudder = new Analytics(process.env.KEY, { dataPlaneUrl: process.env.URL, flushAt: 100, logLevel: 'none' })
rudder.identify({ userId: 'u1', traits: { name: 'Mei', email: 'mei@example.com' } })
rudder.track({ userId: 'u1', event: 'login', properties: { plan: 'pro', seats: 3, trial: false } })
rudder.page({ userId: 'u1', name: 'home', category: 'docs', properties: { url: 'https://a.example/' } })
rudder.screen({ userId: 'u1', name: 'main' })
rudder.group({ userId: 'u1', groupId: 'c-1', traits: { name: 'Yunke' } })
rudder.track({ anonymousId: 'a1', event: 'seen' })
rudder.alias({ userId: 'u1', previousId: 'a1' })
await rudder.flush()
