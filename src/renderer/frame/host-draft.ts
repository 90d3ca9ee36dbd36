import {
  savedHost,
  type JumpAddress,
  type SavedAuthentication,
  type SavedHost,
} from '@shared/model/saved-host'
import * as v from 'valibot'
import type { ParsedAddress } from '../stores/typed-address'

/** A jump host as typed; `address` is null until that is understood. */
export interface JumpDraft {
  text: string
  address: JumpAddress | null
}

/** What the connect form holds while a person fills it in. */
export interface HostDraft {
  readonly id: string
  readonly lastUsed: number | null
  address: string
  /** Null until `address` is understood. */
  host: string | null
  user: string
  port: string
  name: string
  group: string
  via: JumpDraft[]
  agent: boolean
  /** One path a line. */
  keyFiles: string
  password: SavedAuthentication['password']
  connectOnStart: boolean
}

export type DraftField = 'address' | 'user' | 'port' | 'name' | 'group' | 'via' | 'keyFiles'

export function formatAddress({ host, user, port }: JumpAddress): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${user === null ? '' : `${user}@`}${name}${port === null ? '' : `:${port}`}`
}

/** A form to fill in. */
function emptyDraft(): HostDraft {
  return {
    id: crypto.randomUUID(),
    lastUsed: null,
    address: '',
    host: null,
    user: '',
    port: '',
    name: '',
    group: '',
    via: [],
    agent: true,
    keyFiles: '',
    password: 'ask',
    connectOnStart: false,
  }
}

export function draftOf(host: SavedHost | null): HostDraft {
  if (!host) return emptyDraft()
  const { id, lastUsed, name, group, address, via, connectOnStart } = host
  const { agent, keyFiles, password } = host.authentication
  return {
    id,
    lastUsed,
    name,
    connectOnStart,
    agent,
    password,
    address: formatAddress(address),
    host: address.host,
    user: address.user ?? '',
    port: address.port?.toString() ?? '',
    group: group ?? '',
    via: via.map((jump) => ({ text: formatAddress(jump), address: jump })),
    keyFiles: keyFiles.join('\n'),
  }
}

/** Fills in what an address tells; jump hosts and keys only where it names some. */
export function applyAddress(draft: HostDraft, { address, via, keyFiles }: ParsedAddress): void {
  draft.host = address.host
  draft.user = address.user ?? ''
  draft.port = address.port?.toString() ?? ''
  if (via.length > 0) draft.via = via.map((jump) => ({ text: formatAddress(jump), address: jump }))
  if (keyFiles.length > 0) draft.keyFiles = keyFiles.join('\n')
}

/** The address again after its user or port was changed in a field of its own. */
export function rewriteAddress(draft: HostDraft): void {
  if (draft.host === null) return
  const user = draft.user.trim() || null
  const port = Number(draft.port)
  draft.address = formatAddress({ host: draft.host, user, port: draft.port.trim() && port ? port : null })
}

const fields: Readonly<Record<string, DraftField>> = {
  user: 'user',
  port: 'port',
  name: 'name',
  group: 'group',
  via: 'via',
  authentication: 'keyFiles',
}

export type DraftErrors = Partial<Record<DraftField, string>>
export type Saved = { readonly host: SavedHost } | { readonly errors: DraftErrors }

/** The host to save, or what is wrong with which field. */
export function savedOf(draft: HostDraft): Saved {
  if (draft.host === null) return { errors: { address: 'Say which host to connect to.' } }
  if (draft.via.some(({ text, address }) => text.trim() !== '' && address === null)) {
    return { errors: { via: 'This jump host is not understood.' } }
  }
  const result = v.safeParse(savedHost, {
    id: draft.id,
    name: draft.name.trim() || draft.host,
    group: draft.group.trim() || null,
    address: {
      transport: 'ssh',
      host: draft.host,
      port: draft.port.trim() === '' ? null : Number(draft.port),
      user: draft.user.trim() || null,
    },
    via: draft.via.map(({ address }) => address).filter((address) => address !== null),
    authentication: {
      agent: draft.agent,
      keyFiles: draft.keyFiles
        .split('\n')
        .map((path) => path.trim())
        .filter((path) => path !== ''),
      password: draft.password,
    },
    lastUsed: draft.lastUsed,
    connectOnStart: draft.connectOnStart,
  })
  if (result.success) return { host: result.output }
  const errors: DraftErrors = {}
  for (const issue of result.issues) {
    const keys = (issue.path ?? []).map(({ key }) => String(key))
    const field = keys.map((key) => fields[key]).find((known) => known !== undefined) ?? 'address'
    errors[field] ??= field === 'port' ? 'A port is a number from 1 to 65535.' : issue.message
  }
  return { errors }
}
