import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedConfig, type GeneratedConfig } from '../testing/config-texts'
import { missingOpenSsh, runTool } from '../testing/open-ssh'
import { loadSshConfig, type LoadContext } from './load'
import type { JumpHop, ResolvedSshConfig } from './model'
import { resolveLoaded, type ResolveContext } from './resolve'
import { routeTo } from './route'

/** Generated files, read by this code and by `ssh -G`: both must come to the same settings. */

const configs = 400

const { username, uid } = userInfo()
const home = userInfo().homedir
const environment = { ...process.env, GENERATED: 'from-environment', SSH_AUTH_SOCK: '/run/usual-agent' }
const context: LoadContext & ResolveContext = {
  user: username,
  userId: uid,
  home,
  localHost: hostname(),
  environment,
}

/** The settings of both sides in one form. */
type Settings = Readonly<Record<string, string | readonly string[] | null>>

const jumpText = ({ user, host, port }: JumpHop): string =>
  `${user === null ? '' : `${user}@`}${host}${port === null ? '' : `:${port}`}`

function ourSettings(config: ResolvedSshConfig): Settings {
  const strict = { yes: 'true', no: 'false', ask: 'ask', 'accept-new': 'accept-new' }
  const configured = config.identityFiles.filter((file) => file.origin !== null)
  return {
    hostname: config.hostName.value,
    user: config.user.value,
    port: String(config.port.value),
    identityfile: configured.map((file) => file.written),
    identityagent: config.identityAgent.value,
    identitiesonly: config.identitiesOnly.value ? 'yes' : 'no',
    proxyjump: config.proxyJump.value.map(jumpText),
    proxycommand: config.proxyCommand.value,
    hostkeyalias: config.hostKeyAlias.value,
    userknownhostsfile: config.userKnownHostsFiles.value,
    globalknownhostsfile: config.globalKnownHostsFiles.value,
    hashknownhosts: config.hashKnownHosts.value ? 'yes' : 'no',
    stricthostkeychecking: strict[config.strictHostKeyChecking.value],
    connecttimeout: String(config.connectTimeout.value ?? 'none'),
    serveraliveinterval: String(config.serverAliveInterval.value ?? 0),
    serveralivecountmax: String(config.serverAliveCountMax.value ?? 3),
  }
}

function theirSettings(output: string): Settings {
  const lines = output.split('\n').map((line) => /^(\S+) (.*)$/.exec(line) ?? ['', '', ''])
  const all = (name: string) => lines.filter(([, key]) => key === name).map(([, , value]) => value ?? '')
  const one = (name: string) => all(name)[0] ?? null
  const files = (name: string) =>
    all(name).flatMap((value) => (value.toLowerCase() === 'none' ? [] : value.split(' ')))
  const identities = all('identityfile')
  const usual = identities.length > 1 && identities.includes('~/.ssh/id_ecdsa_sk')
  return {
    hostname: one('hostname'),
    user: one('user'),
    port: one('port'),
    identityfile: usual ? [] : identities.filter((file) => file !== 'none'),
    identityagent: agentOf(one('identityagent')),
    identitiesonly: one('identitiesonly'),
    proxyjump: one('proxyjump')?.split(',').map(plainHop) ?? [],
    proxycommand: one('proxycommand'),
    hostkeyalias: one('hostkeyalias'),
    userknownhostsfile: files('userknownhostsfile'),
    globalknownhostsfile: files('globalknownhostsfile'),
    hashknownhosts: one('hashknownhosts'),
    stricthostkeychecking: one('stricthostkeychecking'),
    connecttimeout: one('connecttimeout'),
    serveraliveinterval: one('serveraliveinterval'),
    serveralivecountmax: one('serveralivecountmax'),
  }
}

/** ssh prints the last host in parts, and those before it as they were written. */
function plainHop(written: string): string {
  const [, user = '', host = '', port] =
    /^(.*@)?(\[.*\]|[^:]*)(?::(.*))?$/.exec(written.replace('ssh://', '')) ?? []
  const number = port === undefined ? '' : `:${port === 'ssh' ? 22 : Number(port)}`
  return `${user}${host.replace(/^\[(.*)\]$/, '$1')}${number}`
}

function agentOf(printed: string | null): string | null {
  if (printed === null || printed === 'SSH_AUTH_SOCK') return environment.SSH_AUTH_SOCK
  if (printed === 'none') return null
  if (!printed.startsWith('$')) return printed
  return printed === '$GENERATED' ? environment.GENERATED : null
}

describe.skipIf(missingOpenSsh !== null)('agreement with ssh -G', () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ssh-config-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  async function writeConfig(generated: GeneratedConfig): Promise<string> {
    const [main = '', ...parts] = generated.files
    const path = join(directory, 'config')
    const below = relative(join(home, '.ssh'), directory)
    const text = main.replaceAll('@DIR@', directory).replaceAll('@RELATIVE@', below)
    await writeFile(path, text, { mode: 0o600 })
    for (const [index, part] of parts.entries()) {
      await writeFile(join(directory, `part${index}.conf`), part, { mode: 0o600 })
    }
    return path
  }

  it(`comes to the settings of ssh for ${configs} generated files`, { timeout: 600_000 }, async () => {
    const seed = randomInt(2 ** 31)
    const outcomes = { settled: 0, refused: 0, looped: 0 }
    for (const generated of fc.sample(generatedConfig, { numRuns: configs, seed })) {
      const path = await writeConfig(generated)
      const { alias, user, port } = generated
      const typed = [
        ...(user === undefined ? [] : ['-l', user]),
        ...(port === undefined ? [] : ['-p', String(port)]),
      ]
      const ssh = await runTool('ssh', ['-G', '-F', path, ...typed, '--', alias], environment)
      const loaded = await loadSshConfig([{ path, scope: 'user' }], context)
      const asked = { ...context, typed: { user, port } }
      const ours = resolveLoaded(loaded, alias, asked)
      const mistakes = ours.warnings.filter((warning) => warning.kind === 'mistake')
      const about = { seed, alias, typed, stderr: ssh.stderr }
      const texts = generated.files.join('\n---\n')
      if (ssh.stderr.includes('jumphost loop')) {
        expect(() => routeTo(loaded, alias, asked), texts).toThrow('again and again')
        outcomes.looped++
      } else if (ssh.code !== 0) {
        expect({ ...about, mistakes: mistakes.length > 0 }, texts).toEqual({ ...about, mistakes: true })
        outcomes.refused++
      } else {
        expect({ ...about, mistakes, ...ourSettings(ours) }, texts).toEqual({
          ...about,
          mistakes: [],
          ...theirSettings(ssh.stdout),
        })
        outcomes.settled++
      }
    }
    expect(outcomes.settled).toBeGreaterThan(configs / 2)
    expect(outcomes.refused).toBeGreaterThan(configs / 50)
  })
})
