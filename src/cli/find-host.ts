import { randomUUID } from 'node:crypto'
import { DiagnosticError } from '@shared/errors'
import type { CallResult, SubscriptionItem } from '@shared/contract'
import type { RpcClient } from '@shared/rpc/client'
import { usageFailure } from './exit'

type Saved = SubscriptionItem<'saved.watch'>

/** The id of the host that a person named; a host that is not saved is added for this run. */
export async function findHost(
  client: RpcClient,
  text: string,
  warn: (message: string) => void,
): Promise<string> {
  if (text === 'local') return 'local'
  const { hosts, warnings } = await savedHosts(client)
  for (const { message } of warnings) warn(message)
  const [named, another] = hosts.filter(({ name }) => name === text)
  if (named && another) {
    throw usageFailure(
      `Several saved hosts are called "${text}".`,
      `Give the address: ${hosts
        .filter(({ name }) => name === text)
        .map(addressOf)
        .join(', ')}`,
    )
  }
  if (named) return named.id
  const { address, via, keyFiles, ignored } = await parse(client, text)
  if (ignored.length > 0) warn(`Not used of the address: ${ignored.join(' ')}`)
  const id = randomUUID()
  await client.call('hosts.add', {
    host: {
      id,
      name: addressOf({ address }),
      group: null,
      address,
      via,
      authentication: { agent: true, keyFiles, password: 'ask' },
      lastUsed: null,
      connectOnStart: false,
    },
  })
  return id
}

function addressOf({ address: { user, host, port } }: Pick<Saved['hosts'][number], 'address'>): string {
  const bare = port !== null && host.includes(':') ? `[${host}]` : host
  return `${user === null ? '' : `${user}@`}${bare}${port === null ? '' : `:${port}`}`
}

async function parse(client: RpcClient, text: string): Promise<CallResult<'address.parse'>> {
  try {
    return await client.call('address.parse', { text })
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.code !== 'bad-request') throw error
    throw usageFailure(`"${text}" is neither a saved host nor an address: ${error.message}`, error.hint)
  }
}

const savedHosts = (client: RpcClient): Promise<Saved> =>
  new Promise((resolve, reject) => {
    const subscription = client.subscribe(
      'saved.watch',
      {},
      {
        next: (item) => {
          subscription.close()
          resolve(item)
        },
        error: reject,
      },
    )
  })
