import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelGate, Place, PlaceRequest } from './channel-gate'
import { failure, type Subject } from './failures'
import type { Client } from './library'
import type { Lifetime } from './lifetime'
import type { SshTarget } from './target'

/** What every operation of one established connection shares. */
export interface Connection {
  readonly target: SshTarget
  /** "ssh root@xcp1:22". */
  readonly label: string
  readonly client: Client
  readonly lifetime: Lifetime
  readonly gate: ChannelGate
  /** Files that are read again and again: what the host's sampling hangs on. */
  readonly polledFiles: Set<unknown>
  /** Has everything that is written until the next turn of the event loop sent as one. */
  batch(): void
}

type Done<T> = (error: Error | undefined | null, value: T) => void

/** A call of the library's, as a promise. */
export function called<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(error)
      else resolve(value)
    })
  })
}

export interface OpenChannel<T> {
  readonly channel: T
  readonly place: Place
}

/** A session that was just closed may still count on the server: how long to wait, milliseconds. */
const patience = [50, 150, 400, 800, 1_600, 3_200] as const

/** Opens a channel when its turn has come. A server that grants fewer sessions is asked for no more. */
export async function openChannel<T>(
  connection: Connection,
  subject: Subject,
  request: PlaceRequest,
  signal: AbortSignal,
  call: (client: Client, done: Done<T>) => void,
): Promise<OpenChannel<T>> {
  const { gate, client, polledFiles } = connection
  for (let refusals = 0; ;) {
    if (isHopeless(request, gate) && polledFiles.size > 0) throw oneSession(subject)
    const place = await gate.enter(request, signal)
    try {
      return { channel: await called<T>((done) => call(client, done)), place }
    } catch (thrown) {
      const others = gate.openSessions - 1
      place.release()
      if (request.kind !== 'session' || refusalReason(thrown) === undefined) throw thrown
      // With others open they are all that the server grants: the next turn comes when one of them ends.
      if (others > 0) gate.granted(others)
      else {
        const wait = patience[refusals]
        if (wait === undefined) throw noSessions(subject, thrown)
        await sleep(wait, undefined, { signal })
        refusals += 1
      }
    }
  }
}

/** It would take the only session, for as long as it likes, from the reading of the files. */
const isHopeless = (request: PlaceRequest, gate: ChannelGate): boolean =>
  request.kind === 'session' && request.lasting && gate.sessionLimit === 1

function oneSession(subject: Subject): Error {
  return failure(
    'limit-exceeded',
    `${subject.doing} failed: the host allows one session at a time, and the live figures need it.`,
    {
      ...subject,
      hints: { 'limit-exceeded': 'Set MaxSessions to 2 or more in the sshd_config of the host.' },
    },
  )
}

function noSessions(subject: Subject, cause: unknown): Error {
  return failure(
    'not-supported',
    `${subject.doing} failed: the host opens no session for this account.`,
    { ...subject, hints: { 'not-supported': 'See MaxSessions in the sshd_config of the host.' } },
    cause,
  )
}

/** SSH_OPEN_... of RFC 4254, section 5.1, where the server refused to open a channel. */
export function refusalReason(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'reason' in thrown && typeof thrown.reason === 'number'
    ? thrown.reason
    : undefined
}

export const openRefusal = { prohibited: 1, connectFailed: 2, unknownType: 3, shortage: 4 } as const
