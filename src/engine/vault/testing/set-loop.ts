import { systemClock } from '../../clock'
import { openPassphraseVault } from '../passphrase-vault'
import { Secret } from '../secret'

/**
 * Saves secrets in the vault of a folder, and changes its passphrase now and then, until it is killed. For tests.
 * Parameters: the folder, the passphrase, what each secret begins with.
 */
const [folder = '', passphrase = '', canary = ''] = process.argv.slice(2)
const vault = await openPassphraseVault(folder, systemClock, { N: 16, r: 1, p: 1 })
await vault.unlock(new Secret(passphrase))
for (let round = 0; ; round++) {
  await vault.set(`key ${round % 10}`, new Secret(canary + String(round).padStart(8, '0')))
  if (round % 5 === 4) await vault.changePassphrase(new Secret(passphrase), new Secret(passphrase))
  process.send?.(round)
}
