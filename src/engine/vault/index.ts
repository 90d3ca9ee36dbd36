export { openPassphraseVault, type PassphraseVault } from './passphrase-vault'
export { Secret } from './secret'
export { SessionVault } from './session-vault'
export type { Vault, VaultStatus } from './vault'
