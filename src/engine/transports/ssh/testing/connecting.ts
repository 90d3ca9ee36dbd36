import type { TestSshd } from '../../../../../tests/support/sshd'
import {
  connectSsh,
  type AuthenticationMethod,
  type SshConnectOptions,
  type SshStage,
  type SshTarget,
  type SshTransport,
} from '../index'

/** What most tests of the transport have in common: a host that is known, and somebody who signs in. */

export type Extra = Partial<SshConnectOptions>

export function optionsFor(methods: readonly AuthenticationMethod[], extra: Extra = {}): SshConnectOptions {
  return {
    authentication: { methods },
    verifyIdentity: () => Promise.resolve({ accepted: true }),
    ...extra,
  }
}

export const targetOf = (server: { host: string; port: number }, user = 'root'): SshTarget => ({
  user,
  host: server.host,
  port: server.port,
})

export const keyMethod = (key: { text: string }): AuthenticationMethod => ({
  kind: 'key',
  label: 'id_test',
  text: key.text,
})

/** Signs in to the server with a key that it made for us. */
export function connectTo(
  server: TestSshd,
  key: { text: string },
  extra: Extra = {},
  user = 'root',
): Promise<SshTransport> {
  return connectSsh(targetOf(server, user), optionsFor([keyMethod(key)], extra))
}

/** Notes the stages as they come. */
export function stageLog(): { stages: string[]; onStage: (stage: SshStage, hop: SshTarget) => void } {
  const stages: string[] = []
  return { stages, onStage: (stage, hop) => stages.push(`${stage} ${hop.port}`) }
}

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

/** The error that the promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (thrown) {
    if (thrown instanceof Error) return thrown
  }
  throw new Error('It did not fail.')
}
