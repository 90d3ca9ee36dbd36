import fc from 'fast-check'

/** Generated ssh_config files: mostly sensible, oddly written, now and then wrong. */

export const aliases = ['db1', 'db2', 'web', 'Web', 'web.example', '10.0.0.1', '127.1', '::1', 'fe80::01']

export interface GeneratedConfig {
  /** The first is the main file; the others are named `part0.conf`, `part1.conf` in its directory. */
  readonly files: readonly string[]
  readonly alias: string
  readonly user: string | undefined
  readonly port: number | undefined
}

const hostPattern = fc.constantFrom(
  'db1',
  'db2',
  'web',
  'WEB',
  'db?',
  'db*',
  '*',
  '*.example',
  'web*',
  '10.0.0.*',
  '!db1',
  '!web*',
  '?*',
  '*:*',
  '127.0.0.1',
  'other',
)
const userName = fc.constantFrom('alice', 'bob', 'ROOT', 'dom\\user', 'u-1')
const hostName = fc.constantFrom(
  '%h.example',
  'Real.Example',
  '10.0.0.7',
  '::1',
  'FE80:0::2',
  '%%h',
  'x-%h-%h',
  'db2',
  'a_b',
)
const hop = fc
  .tuple(
    fc.option(fc.constantFrom('alice', 'bob'), { nil: undefined }),
    fc.constantFrom('jump', 'bastion.example', '10.9.9.9', '[2001:db8::1]', 'db2', 'web'),
    fc.option(fc.constantFrom('22', '2222', '0022', 'ssh'), { nil: undefined }),
    fc.boolean(),
  )
  .map(([user, host, port, uri]) => {
    const text = `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`
    // This ssh takes no IPv6 address in a URI.
    return uri && !host.startsWith('[') ? `ssh://${text}` : text
  })
const path = fc.constantFrom(
  '~/.ssh/id_a',
  '~/keys/%h',
  '%d/id_%u',
  '/k/%r@%h:%p',
  '/k/%n-%%-%k',
  '/k/%C',
  '/k/%L',
  '/k/%i',
  '/k/${GENERATED}/x',
  '~',
)
const wrongValue = fc.constantFrom(
  'maybe',
  '70000',
  '-1',
  '0',
  '1x',
  'a b',
  '"open',
  '""',
  '22 33',
  '@x',
  '%q',
  '~nobody-here/x',
)

/** A value in one of the ways to write it. */
const written = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(value, fc.constantFrom('plain', 'plain', 'plain', 'double', 'single', 'partly'))
    .map(([text, way]) => {
      const escaped = text.replaceAll('\\', '\\\\')
      if (way === 'double') return `"${escaped}"`
      if (way === 'single') return `'${escaped}'`
      if (way === 'partly') return `${escaped.slice(0, 1)}"${escaped.slice(1)}"`
      return escaped
    })
const list = (item: fc.Arbitrary<string>, most: number) =>
  fc.array(item, { minLength: 1, maxLength: most }).map((items) => items.join(' '))
const flag = fc.constantFrom('yes', 'no', 'YES', 'true', 'False')
const time = fc.constantFrom('10', '1m', '1h30m', '0', 'none', '2D', '+5', '1w2d')

const optionValues: Readonly<Record<string, fc.Arbitrary<string>>> = {
  HostName: written(hostName),
  User: written(userName),
  Port: written(fc.constantFrom('22', '2222', '022', '65535', 'ssh', '+23')),
  IdentityFile: written(fc.oneof({ weight: 9, arbitrary: path }, fc.constant('none'))),
  IdentityAgent: written(
    fc.oneof(path, fc.constantFrom('none', 'SSH_AUTH_SOCK', '$GENERATED', '$NOT_SET_AT_ALL', '/run/agent')),
  ),
  IdentitiesOnly: flag,
  HostKeyAlias: written(fc.constantFrom('Cluster', 'alias2')),
  UserKnownHostsFile: fc.oneof(list(written(path), 3), fc.constantFrom('none', 'NONE', '/dev/null')),
  GlobalKnownHostsFile: fc.oneof(list(fc.constantFrom('/etc/a', '/etc/b'), 2), fc.constant('none')),
  HashKnownHosts: flag,
  StrictHostKeyChecking: fc.constantFrom('yes', 'no', 'off', 'ask', 'Accept-New', 'accept-new'),
  ConnectTimeout: time,
  ServerAliveInterval: time,
  ServerAliveCountMax: fc.constantFrom('0', '3', '+7', '007'),
  ProxyJump: fc.oneof(
    fc.array(hop, { minLength: 1, maxLength: 3 }).map((hops) => hops.join(',')),
    fc.constantFrom('none', 'None'),
  ),
  ProxyCommand: fc.constantFrom('none', 'nc %h %p', '/bin/x "a b" # c', 'None'),
  IgnoreUnknown: fc.constantFrom('NotA*', 'notathing,x', '*'),
  NotAThing: fc.constant('x'),
  LogLevel: fc.constantFrom('INFO', 'quiet'),
  VisualHostKey: flag,
}
const spelling = (keyword: string) =>
  fc.constantFrom(keyword, keyword, keyword.toLowerCase(), keyword.toUpperCase(), `"${keyword}"`)
const separator = fc.constantFrom(' ', ' ', '\t', '=', ' = ', '  ')
const lead = fc.constantFrom('', '  ', '\t')
const tail = fc.constantFrom('', '', '', ' ', ' # a comment', '\r', ' \f')

const lineOf = (keyword: string, value: fc.Arbitrary<string>, ends: fc.Arbitrary<string> = tail) =>
  fc
    .tuple(lead, spelling(keyword), separator, value, ends)
    // Behind a quoted keyword an equals sign is part of the value.
    .map(([before, name, between, text, after]) => {
      const gap = name.startsWith('"') && between.includes('=') ? ' ' : between
      return `${before}${name}${gap}${text}${after}`
    })

/** A comment behind ProxyJump none makes this ssh jump through a host called "none". */
const commentless = fc.constantFrom('', ' ', '\r')

const weights: Readonly<Record<string, number>> = {
  HostName: 5,
  User: 4,
  Port: 3,
  IdentityFile: 4,
  ProxyJump: 4,
  NotAThing: 0,
}
const goodOption = fc.oneof(
  ...Object.entries(optionValues).map(([keyword, value]) => ({
    weight: weights[keyword] ?? 2,
    arbitrary: lineOf(keyword, value, keyword === 'ProxyJump' ? commentless : tail),
  })),
)
const unknownOption = lineOf('NotAThing', fc.constant('x'))
const wrongOption = fc
  .constantFrom(
    'Port',
    'User',
    'IdentitiesOnly',
    'ConnectTimeout',
    'ServerAliveCountMax',
    'StrictHostKeyChecking',
    'HashKnownHosts',
  )
  .chain((keyword) => lineOf(keyword, wrongValue))

const patternList = fc
  .array(hostPattern, { minLength: 1, maxLength: 3 })
  .map((patterns) => patterns.join(','))
const criterion = fc.oneof(
  fc
    .tuple(fc.constantFrom('host', 'originalhost', 'Host'), fc.constantFrom(' ', '='), patternList)
    .map((part) => part.join('')),
  fc
    .tuple(
      fc.constantFrom('user', 'localuser', '!user'),
      fc.constantFrom('root', 'alice,bob', '*', '!root,*', '"bob"'),
    )
    .map((part) => part.join(' ')),
  fc.tuple(fc.constantFrom('!host', '!originalhost'), patternList).map((part) => part.join(' ')),
  fc.constantFrom('final', '!final', 'canonical', '!canonical'),
  // The command must decide as one that is not run: not met.
  fc.constantFrom('exec false', 'exec "test x = y"', '!exec true'),
)
const match = fc.oneof(
  { weight: 8, arbitrary: list(criterion, 3) },
  { weight: 3, arbitrary: fc.constantFrom('all', '!all', 'final all', 'ALL # x', 'canonical all') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('host', 'all host db1', 'host db1 user u all', 'colour red', 'final all x'),
  },
)
const include = fc
  .constantFrom(0, 1)
  .chain((part) =>
    fc.constantFrom(
      `@DIR@/part${part}.conf`,
      '@DIR@/part?.conf',
      '@RELATIVE@/part[01].conf',
      '@DIR@/missing.conf',
      `"@DIR@/part${part}.conf" @DIR@/none*`,
    ),
  )
const line = (mayInclude: boolean, mistakes: boolean) =>
  fc.oneof(
    { weight: 24, arbitrary: goodOption },
    { weight: 5, arbitrary: lineOf('Host', list(hostPattern, 4)) },
    {
      weight: 4,
      arbitrary: lineOf(
        'Match',
        match.filter((text) => mistakes || !/^(host$|all host|host db1 user|colour|final all x)/.test(text)),
      ),
    },
    { weight: mayInclude ? 4 : 0, arbitrary: lineOf('Include', include) },
    { weight: 2, arbitrary: fc.constantFrom('', '   ', '# comment', '  # Port 1', '"open quote') },
    {
      weight: mistakes ? 1 : 0,
      arbitrary: fc.oneof(unknownOption, wrongOption, fc.constantFrom('Port', 'Host', 'Host "a')),
    },
  )
const text = (mayInclude: boolean, mistakes: boolean, most: number) =>
  fc
    .tuple(fc.array(line(mayInclude, mistakes), { minLength: 1, maxLength: most, size: 'max' }), fc.boolean())
    .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''))

export const generatedConfig: fc.Arbitrary<GeneratedConfig> = fc
  .constantFrom(true, false, false, false)
  .chain((mistakes) =>
    fc.record({
      files: fc.tuple(text(true, mistakes, 24), text(false, mistakes, 8), text(false, mistakes, 8)),
      alias: fc.constantFrom(...aliases),
      user: fc.constantFrom(undefined, undefined, undefined, 'typed'),
      port: fc.constantFrom(undefined, undefined, undefined, 4022),
    }),
  )
