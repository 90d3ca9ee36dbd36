import * as v from 'valibot'
import { wireError } from '../errors'
import { connectionView, finding, hostFacts } from './host'

/** In this order for each hop; `sample` ends with the first sample. */
export const connectStage = v.picklist([
  'resolve',
  'connect',
  'identity',
  'authenticate',
  'discover',
  'sample',
])
export type ConnectStage = v.InferOutput<typeof connectStage>

/** A trial of a connection: one item each time a stage begins, the last one with its outcome. */
export const trialStep = v.object({
  stage: connectStage,
  /** Which of the hosts on the way: `root@xcp1:22`. */
  hop: v.nullable(v.string()),
  outcome: v.nullable(
    v.variant('kind', [
      v.object({
        kind: v.literal('connected'),
        facts: hostFacts,
        findings: v.array(finding),
        connection: v.nullable(connectionView),
      }),
      v.object({ kind: v.literal('failed'), error: wireError }),
    ]),
  ),
})
export type TrialStep = v.InferOutput<typeof trialStep>

/** A host of ~/.ssh/config that can be imported. */
export const sshAlias = v.object({
  alias: v.string(),
  hostName: v.string(),
  user: v.string(),
  port: v.number(),
  /** Jump hosts as written. */
  via: v.array(v.string()),
  /** `file:line`. */
  where: v.string(),
  warnings: v.array(v.string()),
})
export type SshAlias = v.InferOutput<typeof sshAlias>

/** Where secrets that are remembered go. */
export const vaultState = v.object({
  /**
   * `session-only`: secrets are kept in memory until the console ends. `locked` and `unlocked`: a file of them is
   * protected.
   */
  kind: v.picklist(['session-only', 'locked', 'unlocked']),
  /** By a passphrase of the person's, or by a key that the system keeps; the latter is never locked. */
  protection: v.picklist(['passphrase', 'system']),
  /** Why the system keeps no key although it was asked: a clause for people. Null where nobody asked, or it does. */
  noKeyStore: v.nullable(v.string()),
})
export type VaultState = v.InferOutput<typeof vaultState>
