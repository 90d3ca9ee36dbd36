import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import ssh2 from 'ssh2'

export interface KeyPair {
  /** OpenSSH's format. */
  readonly private: string
  /** `ssh-ed25519 AAAA...` */
  readonly public: string
}

/** The one at `path` (and `path.pub`), made if it is not there; readable by its owner only. */
export async function keyAt(path: string, comment: string): Promise<KeyPair> {
  try {
    return { private: await readFile(path, 'utf8'), public: (await readFile(`${path}.pub`, 'utf8')).trim() }
  } catch {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, pair.private, { mode: 0o600 })
    await writeFile(`${path}.pub`, `${pair.public}\n`)
    return { private: pair.private, public: pair.public }
  }
}
