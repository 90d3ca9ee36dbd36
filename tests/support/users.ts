import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

/** A login account of this machine that a test made for itself. Only root can make one. */
export interface TestUser {
  readonly name: string
  readonly home: string
  readonly password: string
  remove(): void
}

export interface TestUserOptions {
  readonly shell?: string
  /** The password must be changed at the next login. */
  readonly expired?: boolean
}

export function createUser(options: TestUserOptions = {}): TestUser {
  const name = `xcpt${randomBytes(4).toString('hex')}`
  const password = `Test-${randomBytes(9).toString('base64url')}`
  execFileSync('useradd', ['--create-home', '--shell', options.shell ?? '/bin/bash', name])
  try {
    execFileSync('chpasswd', { input: `${name}:${password}\n` })
    if (options.expired) execFileSync('chage', ['--lastday', '0', name])
  } catch (error) {
    removeUser(name)
    throw error
  }
  return { name, home: `/home/${name}`, password, remove: () => removeUser(name) }
}

function removeUser(name: string): void {
  try {
    execFileSync('userdel', ['--force', '--remove', name], { stdio: 'ignore' })
  } catch {
    // userdel complains about a missing mail spool; the account is gone all the same.
  }
}
