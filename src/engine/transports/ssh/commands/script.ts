import { DiagnosticError } from '@shared/errors'
import type { Command } from '../../transport'
import { anyShellWord, lineFeedVariable, posixWord } from './quoting'

/**
 * What is really run on the host for a command. Killing our side leaves a command running there (`tail -F`
 * notices nothing), so each brings a watcher along, a second process that does nothing but wait:
 *
 * - `no-input`: the watcher holds the channel's input and waits for its end, which comes when we say so and
 *   when the connection breaks. It costs nothing meanwhile.
 * - `input`: the command has the channel's input itself; the watcher looks every two seconds whether the
 *   server's process of this connection still lives.
 *
 * Then it ends the process group: TERM, and KILL after two seconds. The command replaces the shell, so that
 * its exit status and its signal are seen as they are. sshd gives each session a group of its own; where a
 * server does not, only the command itself is ended.
 */
export type InputMode = 'no-input' | 'input'

/**
 * As on the local machine: output must not depend on the account's settings. The host's own path comes last.
 * C.UTF-8 does not exist on CentOS 7, the base of dom0, so LC_ALL is C.
 */
const environment =
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/xensource/bin:$PATH; ' +
  'LC_ALL=C; LANG=C.UTF-8; export PATH LC_ALL LANG; cd /; '

/** g: our process group. k: what `kill` gets. */
const processGroup =
  'read -r x x x x g x </proc/$$/stat; read -r x x x x p x </proc/$PPID/stat; ' +
  'k=-$g; if [ -z "$g" ] || [ "$g" = "$p" ]; then k=$$; fi; '

/** The shell's start files may have printed before: what counts begins behind this line, on both outputs. */
const marker = (nonce: string): string => `echo "${nonce} $$ $k $PPID"; echo ${nonce} >&2; `

/** Instead of the marker, where the program cannot be run: what the local machine says as an error code. */
const lookUp = (program: string, nonce: string): string =>
  `if ! command -v ${program} >/dev/null 2>&1; then ` +
  `if [ -e ${program} ]; then echo "${nonce} denied"; else echo "${nonce} missing"; fi; exit 127; fi; `

const watchers: Readonly<Record<InputMode, { waits: string; redirection: string; command: string }>> = {
  'no-input': {
    waits: 'while read -r x; do :; done',
    redirection: '<&3 3<&-',
    command: '</dev/null 3<&-',
  },
  input: {
    waits: 'while kill -0 $$ && kill -0 $PPID; do sleep 2; done',
    redirection: '</dev/null 3<&-',
    command: '<&3 3<&-',
  },
}

/** `kill -TERM -123` without `--`: busybox and dash do not know it there. */
function watcher(mode: InputMode): string {
  const { waits, redirection } = watchers[mode]
  const kill =
    'kill -TERM $k; kill -CONT $k; for i in 1 2; do kill -0 $$ || break; sleep 1; done; kill -KILL $k'
  return `(trap '' HUP INT TERM PIPE; ${waits}; ${kill}) ${redirection} >/dev/null 2>&1 & `
}

export function commandLine(command: Command, mode: InputMode, nonce: string): string {
  for (const word of command) {
    if (word.includes('\0')) {
      throw new DiagnosticError('bad-request', 'An argument of the command holds a null byte.', {
        where: command[0],
      })
    }
  }
  const words = command.map(posixWord).join(' ')
  const script =
    environment +
    lineFeedVariable(command) +
    lookUp(posixWord(command[0]), nonce) +
    processGroup +
    marker(nonce) +
    // A command in the background would lose its input otherwise.
    'exec 3<&0; ' +
    watcher(mode) +
    `exec ${words} ${watchers[mode].command}`
  return `exec /bin/sh -c ${anyShellWord(script)}`
}

/** A script of one line that ends by itself when its input ends; no watcher. */
export function scriptLine(script: string, nonce: string): string {
  return `exec /bin/sh -c ${anyShellWord(`${environment}${processGroup}${marker(nonce)}${script}`)}`
}

/** For what the watcher does not reach. `target` as MarkerReader found it. */
export const killLine = (name: 'TERM' | 'KILL', target: number, nonce: string): string =>
  scriptLine(`kill -${name} ${target}; kill -CONT ${target}`, nonce)
