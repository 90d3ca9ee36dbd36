import type { Notifier } from '../notifier'
import type { Secret } from './secret'

/**
 * `session-only`: nothing is kept beyond this run. `locked`: there are kept secrets, which need to be unlocked;
 * new ones last for this run until then. `unlocked`: all are at hand, and new ones are kept.
 */
export type VaultStatus = 'session-only' | 'locked' | 'unlocked'

/**
 * Where passwords and passphrases are between two uses. Keys are names of at most 256 characters; they may be stored
 * in plain text, so they hold nothing secret themselves.
 */
export interface Vault {
  status(): VaultStatus
  /**
   * The caller's own copy; null when there is none. Rejects with `permission-denied` when it is there and the vault
   * is locked, `bad-data` when this entry is damaged.
   */
  get(key: string): Promise<Secret | null>
  /** Keeps a copy. Rejects with `limit-exceeded` beyond 64 KiB, or on a full disk. */
  set(key: string, secret: Secret): Promise<void>
  /** Also while it is locked. */
  delete(key: string): Promise<void>
  /** Sorted; also those that are locked away. */
  keys(): Promise<string[]>
  /** Of the status. */
  readonly changes: Notifier
  /** Overwrites in memory whatever it holds; it is not used after that. */
  close(): Promise<void>
}

/** What protects the secrets that are kept: a passphrase of the person's, or a key that the system keeps. */
export type VaultProtection = 'passphrase' | 'system'

/** The vault of the person who uses the console. */
export interface PersonVault extends Vault {
  readonly protection: VaultProtection
  /**
   * Unlocks with this passphrase; makes a vault where there is none. Rejects with `authentication-failed` for a wrong one,
   * `bad-request` for a new one of less than 8 characters, `not-supported` where the system protects it.
   */
  enter(passphrase: Secret): Promise<void>
  /** Forgets the key. Throws `not-supported` where the system protects it. */
  lock(): void
}
