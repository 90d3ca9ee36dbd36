import { DiagnosticError } from '@shared/errors'
import type { Command } from '../../transport'
import { anyShellWord, lineFeedVariable, posixWord } from './quoting'

/**
 * What is really run on the host for a command. Killing our side leaves a command running there (`tail -F`
 * notices nothing), so each brings a watcher along, which waits for the end of the channel's input: that comes
 * when we say so, and when the connection breaks. Then it ends the process group, TERM and after two seconds
 * KILL. (A signal through the channel is no way: sshd passes none on for root, nor before OpenSSH 7.9.)
 *
 * - `no-input`: the command replaces the shell, so that its exit status and signal are seen as they are. The
 *   watcher is one process that does nothing but wait.
 * - `input`: the watcher also passes on what comes for the command (see `input-lines`). While the command does
 *   not take its input, the watcher cannot see the end; a second one looks now and then whether the server's
 *   process of this connection still lives.
 *
 * sshd gives each session a process group of its own; where a server does not, only the command is ended.
 */
export type InputMode = 'no-input' | 'input'

/**
 * As on the local machine: output must not depend on the account's settings. The host's own path comes last.
 * C.UTF-8 does not exist on CentOS 7, the base of dom0, so LC_ALL is C.
 */
const environment =
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/xensource/bin:$PATH; ' +
  'LC_ALL=C; LANG=C.UTF-8; export PATH LC_ALL LANG; cd /; '

/**
 * g: our process group. p: that of the server's process. k: what `kill` gets. Where there is no /proc: a group
 * with our own number can only be ours.
 */
const processGroup =
  '{ read -r x x x x g x </proc/$$/stat; read -r x x x x p x </proc/$PPID/stat; } 2>/dev/null; ' +
  'if [ -z "$g" ] && kill -0 -$$ 2>/dev/null; then g=$$; fi; ' +
  'k=-$g; if [ -z "$g" ] || [ "$g" = "$p" ]; then k=$$; fi; '

/** The shell's start files may have printed before: what counts begins behind this line, on both outputs. */
const marker = (nonce: string): string => `echo "${nonce} $$ $k $PPID"; echo ${nonce} >&2; `

/** `kill -TERM -123` without `--`: busybox and dash do not know it there. */
const killGroup =
  'kill -TERM $k; kill -CONT $k; for i in 1 2; do kill -0 $$ || break; sleep 1; done; kill -KILL $k'

/** Those that end the group must outlive its TERM. */
const immune = "trap '' HUP INT TERM PIPE; "

/** Instead of the marker, where the program cannot be run: what the local machine says as an error code. */
function lookUp(program: string, nonce: string): string {
  const word = posixWord(program)
  // dash finds by `command -v` what is a path and cannot be executed.
  const found = program.includes('/')
    ? `[ -x ${word} ] && [ ! -d ${word} ]`
    : `command -v ${word} >/dev/null 2>&1`
  return (
    `if ${found}; then :; else ` +
    `if [ -e ${word} ]; then echo "${nonce} denied"; else echo "${nonce} missing"; fi; exit 127; fi; `
  )
}

/** Descriptor 3 is the channel's input: a command in the background would lose it otherwise. */
const withoutInput = (words: string): string =>
  `exec 3<&0; (${immune}while read -r x; do :; done; ${killGroup}) <&3 3<&- >/dev/null 2>&1 & ` +
  `exec ${words} </dev/null 3<&-`

/**
 * The pipe to the command begins with the watcher's process id, for its end. The shell stays for the exit
 * status, and says nothing of its own about who was killed; a status over 128 means that a signal ended the
 * command, and the shell ends the same way.
 */
const withInput = (words: string): string =>
  `exec 3<&0; (trap : TERM; while kill -0 $$ && kill -0 $PPID; do sleep 10; done; ${killGroup}) </dev/null 3<&- >/dev/null 2>&1 & ` +
  'q=$!; trap : TERM; exec 4>&2 2>/dev/null; ' +
  `(${immune}exec 4>&-; read -r w x </proc/self/stat || w=$(exec sh -c 'echo $PPID'); echo $w; ` +
  'while IFS= read -r l; do case $l in d*) printf "${l#d}" ;; e) exec >&- ;; esac; done; ' +
  `exec >/dev/null; ${killGroup}) <&3 3<&- | ` +
  `(trap : TERM; read -r w; ${words} 2>&4 3<&- 4>&-; s=$?; kill -KILL $w; exit $s) 3<&-; s=$?; ` +
  "kill -KILL $q; trap '' TERM; kill -TERM $k; trap - TERM; " +
  'if [ $s -gt 128 ]; then kill -$((s-128)) $$; fi; exit $s'

/** For a POSIX shell. Exported for the tests with other shells than this machine's /bin/sh. */
export function commandScript(command: Command, mode: InputMode, nonce: string): string {
  if (command.some((word) => word.includes('\0'))) {
    throw new DiagnosticError('bad-request', 'An argument of the command holds a null byte.', {
      where: command[0],
    })
  }
  const words = command.map(posixWord).join(' ')
  const run = mode === 'input' ? withInput(words) : withoutInput(words)
  const prepare = lineFeedVariable(command) + lookUp(command[0], nonce)
  return environment + prepare + processGroup + marker(nonce) + run
}

/** For whatever login shell the account has. */
const loginShellLine = (script: string): string => `exec /bin/sh -c ${anyShellWord(script)}`

export const commandLine = (command: Command, mode: InputMode, nonce: string): string =>
  loginShellLine(commandScript(command, mode, nonce))

/** A script of one line that ends by itself when its input ends; no watcher. */
export const scriptLine = (script: string, nonce: string): string =>
  loginShellLine(environment + processGroup + marker(nonce) + script)

/** For what the watcher does not reach. `target` as MarkerReader found it. */
export const killLine = (target: number, nonce: string): string => scriptLine(`kill -KILL ${target}`, nonce)
