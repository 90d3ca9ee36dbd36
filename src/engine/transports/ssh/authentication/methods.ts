import type { DiagnosticError } from '@shared/errors'
import type { SshTarget } from '../target'

/** What to sign in with; tried in this order as far as the server takes it. */
export interface SshAuthentication {
  readonly methods: readonly AuthenticationMethod[]
}

export type AuthenticationMethod =
  | {
      readonly kind: 'agent'
      /** Path of its socket; default `SSH_AUTH_SOCK`. */
      readonly socket?: string | undefined
      /** Only the keys with these fingerprints (`SHA256:...`), in the agent's order. */
      readonly only?: readonly string[] | undefined
    }
  | {
      readonly kind: 'key'
      /** For people: the file's name. */
      readonly label: string
      /** The private key as its file holds it. */
      readonly text: string
      /** Asked for where it is needed and missing. */
      readonly passphrase?: string | undefined
    }
  /** A key that was to be used, and why its file could not be read. */
  | { readonly kind: 'unread-key'; readonly label: string; readonly error: DiagnosticError }
  | {
      readonly kind: 'password'
      /** Asked for where it is missing. */
      readonly password?: string | undefined
    }
  | { readonly kind: 'keyboard-interactive' }

export interface Prompt {
  readonly text: string
  /** Not to be shown while it is typed. */
  readonly secret: boolean
}

/** Something that a person must answer. Texts from the host are untrusted, free of control characters. */
export interface Question {
  readonly kind: 'passphrase' | 'password' | 'new-password' | 'keyboard-interactive'
  readonly hop: SshTarget
  /** For people: "Passphrase of id_ed25519". */
  readonly title: string
  /** What the host says about it; may be empty. */
  readonly instructions: string
  readonly prompts: readonly Prompt[]
  /** Whether the answer before was wrong. */
  readonly again: boolean
}

/** Answers in the order of the prompts; null when the person gives up. */
export type AskPerson = (question: Question, signal: AbortSignal) => Promise<readonly string[] | null>
