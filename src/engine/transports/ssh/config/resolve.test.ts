import { hostname, userInfo } from 'node:os'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingOpenSsh, runTool } from '../testing/open-ssh'
import type { ConfigIo } from './local-io'
import type { ResolvedSshConfig } from './model'
import type { ResolveContext } from './resolve'
import { resolveSshConfig } from './ssh-config'

/** Files in memory: the path to the text. */
function filesIn(texts: Readonly<Record<string, string>>): ConfigIo {
  return {
    readFile: (path) => Promise.resolve(texts[path] ?? null),
    readDirectory: () => Promise.resolve([]),
  }
}

const context: ResolveContext = {
  user: 'me',
  userId: 1000,
  home: '/home/me',
  localHost: 'desk.office.example',
  environment: { SSH_AUTH_SOCK: '/run/agent', KEYS: '/media/keys' },
}

function resolve(
  text: string,
  alias = 'xcp1',
  more: Partial<ResolveContext> = {},
): Promise<ResolvedSshConfig> {
  const files = [
    { path: '/home/me/.ssh/config', scope: 'user' as const },
    { path: '/etc/ssh/ssh_config', scope: 'system' as const },
  ]
  const [user = '', system] = text.split('--- system ---\n')
  const texts = {
    '/home/me/.ssh/config': user,
    ...(system === undefined ? {} : { '/etc/ssh/ssh_config': system }),
  }
  return resolveSshConfig(files, alias, { ...context, ...more, io: filesIn(texts) })
}

const line = (number: number) => ({ file: '/home/me/.ssh/config', line: number })
const only = (config: ResolvedSshConfig) => {
  expect(config.warnings).toHaveLength(1)
  return config.warnings[0]
}

describe('resolveSshConfig', () => {
  it('has defaults for a host that no file names', async () => {
    expect(await resolve('')).toEqual({
      alias: 'xcp1',
      hostName: { value: 'xcp1', origin: null },
      user: { value: 'me', origin: null },
      port: { value: 22, origin: null },
      identityFiles: ['rsa', 'ecdsa', 'ed25519'].map((type) => ({
        value: `/home/me/.ssh/id_${type}`,
        written: `~/.ssh/id_${type}`,
        origin: null,
      })),
      identityAgent: { value: '/run/agent', origin: null },
      identitiesOnly: { value: false, origin: null },
      proxyJump: { value: [], origin: null },
      proxyCommand: { value: null, origin: null },
      hostKeyAlias: { value: null, origin: null },
      userKnownHostsFiles: {
        value: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2'],
        origin: null,
      },
      globalKnownHostsFiles: {
        value: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
        origin: null,
      },
      hashKnownHosts: { value: false, origin: null },
      strictHostKeyChecking: { value: 'ask', origin: null },
      connectTimeout: { value: null, origin: null },
      serverAliveInterval: { value: null, origin: null },
      serverAliveCountMax: { value: null, origin: null },
      warnings: [],
    })
  })

  it('takes the first value, and says which line it is from', async () => {
    const config = await resolve(
      [
        'Host xcp1 xcp2',
        '  HostName %h.lab.Example',
        '  User=root',
        '  IdentityFile ~/.ssh/lab',
        'Host *',
        '  User nobody',
        '  Port 2222',
        '  IdentityFile ~/.ssh/usual',
        '  ServerAliveInterval 1m',
        '--- system ---',
        'Port 3333',
        'HashKnownHosts yes',
        'IdentityFile /etc/keys/%u',
      ].join('\n'),
    )
    expect(config.hostName).toEqual({ value: 'xcp1.lab.example', origin: line(2) })
    expect(config.user).toEqual({ value: 'root', origin: line(3) })
    expect(config.port).toEqual({ value: 2222, origin: line(7) })
    expect(config.hashKnownHosts).toEqual({ value: true, origin: { file: '/etc/ssh/ssh_config', line: 2 } })
    expect(config.serverAliveInterval).toEqual({ value: 60, origin: line(9) })
    expect(config.identityFiles.map(({ value, origin }) => [value, origin?.line])).toEqual([
      ['/home/me/.ssh/lab', 4],
      ['/home/me/.ssh/usual', 8],
      ['/etc/keys/me', 3],
    ])
    expect(config.warnings).toEqual([])
  })

  it('puts what was typed before the files', async () => {
    const text =
      'User root\nPort 2222\nIdentityFile ~/.ssh/lab\nProxyJump bastion\nMatch user typed\nHostKeyAlias seen'
    const typed = { user: 'typed', port: 22, identityFiles: ['/tmp/key'], proxyJump: [] }
    const config = await resolve(text, 'xcp1', { typed })
    expect(config.user).toEqual({ value: 'typed', origin: null })
    expect(config.port).toEqual({ value: 22, origin: null })
    expect(config.identityFiles.map((file) => file.value)).toEqual(['/tmp/key', '/home/me/.ssh/lab'])
    expect(config.proxyJump).toEqual({ value: [], origin: null })
    expect(config.hostKeyAlias.value).toBe('seen')
  })

  it('turns the agent off, or takes the one that is named', async () => {
    const agentOf = async (value: string) => (await resolve(`IdentityAgent ${value}`)).identityAgent
    expect(await agentOf('none')).toEqual({ value: null, origin: line(1) })
    expect((await agentOf('SSH_AUTH_SOCK')).value).toBe('/run/agent')
    expect((await agentOf('$KEYS')).value).toBe('/media/keys')
    expect((await agentOf('$MISSING')).value).toBeNull()
    expect((await agentOf('${KEYS}/agent-%r')).value).toBe('/media/keys/agent-me')
    expect((await resolve('', 'xcp1', { environment: {} })).identityAgent.value).toBeNull()
  })

  it('uses no identity file and no list of hosts where it says none', async () => {
    const config = await resolve('IdentityFile none\nUserKnownHostsFile none\nGlobalKnownHostsFile none')
    expect(config.identityFiles).toEqual([])
    expect(config.userKnownHostsFiles).toEqual({ value: [], origin: line(2) })
    expect(config.globalKnownHostsFiles).toEqual({ value: [], origin: line(3) })
  })

  it('expands the tokens of jump hosts, and keeps their order', async () => {
    const config = await resolve('User root\nPort 2222\nProxyJump %r@gate-%n:22,ssh://ops@[2001:db8::1]:2200')
    expect(config.proxyJump).toEqual({
      value: [
        { user: 'root', host: 'gate-xcp1', port: 22 },
        { user: 'ops', host: '2001:db8::1', port: 2200 },
      ],
      origin: line(3),
    })
  })

  it('takes "ProxyJump none # reason" for none, though ssh 9.2 jumps through a host of that name', async () => {
    expect((await resolve('ProxyJump none # not here\nProxyJump bastion')).proxyJump.value).toEqual([])
  })
})

describe('warnings', () => {
  it('says how to do without ProxyCommand', async () => {
    const through = await resolve('ProxyCommand ssh -q -W %h:%p bastion')
    expect(through.proxyCommand).toEqual({ value: 'ssh -q -W %h:%p bastion', origin: line(1) })
    expect(only(through)).toEqual({
      kind: 'unsupported',
      message: 'ProxyCommand is not supported: the console runs no commands of the configuration.',
      hint: 'This one goes through another SSH host: write "ProxyJump user@that-host" instead.',
      origin: line(1),
    })
    expect(only(await resolve('ProxyCommand nc %h %p'))?.hint).toMatch(
      /^If it leads through another SSH host/,
    )
    expect((await resolve('ProxyCommand none')).warnings).toEqual([])
    expect((await resolve('Host other\nProxyCommand nc %h %p')).warnings).toEqual([])
  })

  it('does not run Match exec, and says so where it would have decided', async () => {
    const text = 'Match host xcp1 exec "test -f /vpn"\nPort 2222\nMatch exec x host other\nPort 3333'
    const config = await resolve(text)
    expect(config.port.value).toBe(22)
    expect(only(config)).toEqual({
      kind: 'unsupported',
      message:
        'Match exec "test -f /vpn" counts as not met: commands of the configuration are not run. Its block is passed over.',
      hint: 'If you need what it sets, write it under a Host line.',
      origin: line(1),
    })
  })

  it('knows the criteria of newer versions, and that it cannot decide them', async () => {
    expect(only(await resolve('Match tagged work\nPort 2222'))).toMatchObject({
      kind: 'unsupported',
      message: 'Match tagged "work" counts as not met: it is not supported. Its block is passed over.',
    })
  })

  it.each(['no', 'off', 'accept-new'])('is not weakened by StrictHostKeyChecking %s', async (value) => {
    const config = await resolve(`\nStrictHostKeyChecking ${value}`)
    expect(only(config)).toMatchObject({ kind: 'note', origin: line(2) })
    expect(only(config)?.message).toMatch(/^StrictHostKeyChecking \S+ is not followed: /)
  })

  it.each(['yes', 'ask'])('has nothing to say of StrictHostKeyChecking %s', async (value) => {
    expect((await resolve(`StrictHostKeyChecking ${value}`)).warnings).toEqual([])
  })

  it('says what ssh would do that this console does not, only where it applies', async () => {
    const config = await resolve(
      'AddressFamily any\nRevokedHostKeys /etc/revoked\nCanonicalizeHostname no\nHost other\nBindAddress 10.0.0.1',
    )
    expect(only(config)).toMatchObject({ kind: 'unsupported', origin: line(2) })
    expect(only(config)?.message).toMatch(/^RevokedHostKeys is not read/)
  })

  it.each([
    ['Port 70000', '"70000" is no port: write a number from 1 to 65535.'],
    ['Port 22 23', 'Only one value may stand here; "23" is too much.'],
    ['Port', 'Nothing stands behind "Port".'],
    ['User ""', 'A value is missing.'],
    ['User "a', 'A quote is not closed.'],
    ['IdentitiesOnly perhaps', '"perhaps" is neither yes nor no.'],
    ['StrictHostKeyChecking never', '"never" is none of yes, ask, accept-new and no.'],
    ['ConnectTimeout soon', '"soon" is no time: write seconds, or 10m, or 1h30m.'],
    ['ServerAliveCountMax -1', '"-1" is no whole number from 0.'],
    ['UserKnownHostsFile a none', '"none" must stand alone.'],
    ['ProxyJump a,,b', 'A jump host is missing: write the hosts with commas between them and no blanks.'],
    ['ProxyJump a, b', 'A jump host is missing: write the hosts with commas between them and no blanks.'],
    ['ProxyJump ::1', '"::1" is no jump host: write user@host:port, or [address]:port.'],
    ['ProxyJump a:0', 'The port of the jump host "a:0" is no number from 1 to 65535.'],
    ['ProxyJump -oProxyCommand=x', 'The jump host "-oProxyCommand=x" holds characters that no name has.'],
    ['ProxyJump a;reboot', 'The jump host "a;reboot" holds characters that no name has.'],
    ['Hostnam xcp1', '"hostnam" is no keyword of ssh_config.'],
    ['Match host', 'A value is missing behind "host".'],
    ['Match colour red', '"colour" is no criterion of Match.'],
    ['Match all host x', '"all" must stand alone.'],
    [
      'IdentityFile ~other/key',
      'IdentityFile is passed over: The home directory of "other" is not known here: write the whole path.',
    ],
    [
      'IdentityFile /k/%q',
      'IdentityFile is passed over: "%q" stands for nothing here; a plain % is written "%%".',
    ],
    ['IdentityFile ${NO}/k', 'IdentityFile is passed over: The environment variable "NO" is not set.'],
    ['HostName a\u202eb', 'The host name "a?b" holds control characters.'],
  ])('%s is a mistake', async (text, message) => {
    const config = await resolve(`# first line\n${text}`)
    expect(only(config)).toMatchObject({ kind: 'mistake', message, origin: line(2) })
  })

  it('says it once for a line that is gone through twice', async () => {
    expect((await resolve('Match final\nPort x\nMatch exec y')).warnings).toHaveLength(2)
  })

  it('ignores unknown keywords where IgnoreUnknown says so', async () => {
    expect((await resolve('IgnoreUnknown UseKey*,foo\nUseKeyring yes\nFoo bar')).warnings).toEqual([])
  })

  it('mentions paths that depend on where the console was started', async () => {
    expect(only(await resolve('IdentityFile keys/lab'))).toMatchObject({ kind: 'note', origin: line(1) })
  })
})

describe.skipIf(missingOpenSsh !== null)('what ssh -G does not print expanded', () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ssh-config-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('is expanded as the log of ssh shows it', async () => {
    const paths = [
      '~/k-%h',
      '%d/k-%u-%r',
      '/k/%n-%p-%k-%i',
      '/k/%C',
      '/k/%L.%l',
      '/k/${EXTRA}/%%',
      'none',
      '~/k-%h',
    ]
    const server = `sh -c "printf 'SSH-2.0-test\\r\\n'; exec head -c 200 > /dev/null"`
    const text = [
      'Host Web',
      'HostName %h.Example',
      'HostKeyAlias Farm',
      'User root',
      'Port 2022',
      ...paths.map((path) => `IdentityFile ${path}`),
      'GlobalKnownHostsFile ~/none/global',
      'UserKnownHostsFile /none/%k ~/none/%h-%p',
      `ProxyCommand ${server.replaceAll('%', '%%')}`,
    ].join('\n')
    const path = join(directory, 'config')
    await writeFile(path, text, { mode: 0o600 })
    const { username, uid, homedir: home } = userInfo()
    const environment = { ...process.env, EXTRA: 'extra' }
    const ours = await resolveSshConfig([{ path, scope: 'user' }], 'Web', {
      ...{ user: username, userId: uid, home, localHost: hostname(), environment },
    })
    const { stderr } = await runTool('ssh', ['-v', '-F', path, 'Web'], environment)
    const logged = (pattern: RegExp) => [...stderr.matchAll(pattern)].map(([, value]) => value)
    const identities = logged(/identity file (.*?) type/g).filter((file) => file?.endsWith('-cert') === false)
    expect(ours.identityFiles.map((file) => file.value)).toEqual([...new Set(identities)])
    expect(identities).toHaveLength(paths.length - 2)
    expect([...ours.userKnownHostsFiles.value, ...ours.globalKnownHostsFiles.value]).toEqual(
      logged(/load_hostkeys: fopen (.*?): No such/g),
    )
    expect(`${ours.hostName.value}:${ours.port.value} as '${ours.user.value}'`).toBe(
      logged(/Authenticating to (.*)/g)[0],
    )
  })

  it('leads through the jump hosts that ssh would call', async () => {
    const path = join(directory, 'config')
    await writeFile(path, 'User root\nPort 2022\nProxyJump one,%r@jump-%n:22', { mode: 0o600 })
    const { username, homedir: home } = userInfo()
    const ours = await resolveSshConfig([{ path, scope: 'user' }], 'web', {
      ...{ user: username, home, environment: {} },
    })
    // An "ssh" that only says how it was called, first in the path.
    await writeFile(join(directory, 'ssh'), '#!/bin/sh\necho "called: $*" >&2\n', { mode: 0o700 })
    const environment = { ...process.env, PATH: `${directory}:${process.env['PATH'] ?? ''}` }
    const { stderr } = await runTool('ssh', ['-v', '-F', path, 'web'], environment)
    expect(stderr).toMatch(/exec ssh -l root -p 22 -J one -F \S+ -v -W '\[web\]:2022' jump-web/)
    expect(ours.proxyJump.value).toEqual([
      { user: null, host: 'one', port: null },
      { user: 'root', host: 'jump-web', port: 22 },
    ])
  })
})
