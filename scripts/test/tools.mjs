import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { run } from './run.mjs'

/** Programs that the tests run for real: where each is found, and the Debian package that brings it. */
const tools = [
  {
    program: 'chromium',
    package: 'chromium',
    why: 'end-to-end tests',
    alternative: 'npx playwright install chromium',
  },
  { program: '/usr/sbin/sshd', package: 'openssh-server', why: 'tests against a real SSH server' },
  { program: 'ssh-keygen', package: 'openssh-client', why: 'keys of the tests' },
  {
    program: '/lib/systemd/systemd-journal-remote',
    package: 'systemd-journal-remote',
    why: 'journals of the tests',
  },
  { program: 'fish', package: 'fish', why: 'login shells that are not POSIX' },
  { program: 'tcsh', package: 'tcsh', why: 'login shells that are not POSIX' },
  { program: 'ip', package: 'iproute2', why: 'planted network load' },
  { program: 'curl', package: 'curl', why: 'a foreign client of the simulated switch' },
  { program: 'python3', package: 'python3', why: 'servers of the tests that are deaf on purpose' },
  { program: 'sadf', package: 'sysstat', why: 'history that a host has noted itself' },
  { program: 'ps', package: 'procps', why: 'tests that look for left-over processes' },
]

const isThere = (program) =>
  program.startsWith('/')
    ? existsSync(program)
    : spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0

function isDebian() {
  try {
    return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

function hasPlaywrightBrowser() {
  try {
    return existsSync(
      execFileSync('node', ['-p', "require('@playwright/test').chromium.executablePath()"], {
        encoding: 'utf8',
      }).trim(),
    )
  } catch {
    return false
  }
}

/** Installs what is missing where that is possible; otherwise names the one command that does it, and ends. */
export async function installMissingTools() {
  const missing = tools.filter(
    ({ program }) => !isThere(program) && !(program === 'chromium' && hasPlaywrightBrowser()),
  )
  if (missing.length === 0) return
  for (const tool of missing) console.log(`${tool.program} is missing (${tool.why})`)
  const packages = missing.map((tool) => tool.package)
  const canInstall = isDebian() && process.getuid?.() === 0
  if (!canInstall) {
    const command = isDebian()
      ? `sudo apt-get install -y ${packages.join(' ')}`
      : (missing[0]?.alternative ?? `your package manager, for: ${packages.join(' ')}`)
    console.error(`\nThe tests need one more command: ${command}`)
    process.exit(1)
  }
  console.log(`installing ${packages.join(', ')} ...`)
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  await run(['apt-get', 'update', '-qq'], environment)
  if (
    (await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages], environment)) !==
    0
  ) {
    console.error(`\ncould not install: ${packages.join(' ')}`)
    process.exit(1)
  }
}
