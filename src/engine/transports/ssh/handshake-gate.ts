import { Lane } from '../common/lane'

/**
 * At most four handshakes at a time with each endpoint: sshd drops connections at random when more than
 * MaxStartups (10 by default) are not signed in yet.
 */
const handshakesAtOnce = 4

interface Entry {
  readonly lane: Lane
  users: number
}

const endpoints = new Map<string, Entry>()

export async function withHandshakePlace<T>(
  endpoint: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const entry = endpoints.get(endpoint) ?? { lane: new Lane(handshakesAtOnce), users: 0 }
  endpoints.set(endpoint, entry)
  entry.users += 1
  try {
    const leave = await entry.lane.enter(signal)
    try {
      return await work()
    } finally {
      leave()
    }
  } finally {
    entry.users -= 1
    if (entry.users === 0) endpoints.delete(endpoint)
  }
}
