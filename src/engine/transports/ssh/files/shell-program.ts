import { posixWord } from '../commands/quoting'
import { scriptLine } from '../commands/script'

/**
 * A shell that stays and answers requests for files, two lines each: what to do, and the path. It forks nothing
 * for the small text files of the kernel where its `read` knows `-d` (bash, busybox); dash starts a `cat`.
 * `part` gets the number of the first byte, from 1 on, and of bytes; `status` tells size, time and identity.
 * The end of each answer is a line with a word that occurs nowhere else, and how it went.
 */
export type ShellRequest = 'text' | 'bytes' | 'part' | 'status' | 'names'

export type ShellOutcome = 'ok' | 'missing' | 'denied' | 'directory' | 'special' | 'failed'

/** Names cannot hold a slash: it parts them. Exported for the tests with other shells. */
export const shellProgram = (endMark: string): string =>
  [
    `end() { printf '\\n%s %s\\n' ${endMark} "$1"; }`,
    'why() { if [ ! -e "$1" ]; then end missing; elif [ -d "$1" ]; then end directory; elif [ -r "$1" ]; then end special; else end denied; fi; }',
    // Quiet, and in a subshell: an unknown option ends dash.
    `d=; if (printf a | { IFS= read -r -d '' x; [ "$x" = a ]; }) 2>/dev/null; then d=1; fi`,
    'whole() { if [ -z "$d" ]; then cat "$1" 2>/dev/null; return; fi; x=; ' +
      `if IFS= read -r -d '' x 2>/dev/null <"$1"; then cat "$1" 2>/dev/null; else printf %s "$x"; fi; }`,
    'names() { for f in "$1"/* "$1"/.*; do if [ -e "$f" ] || [ -L "$f" ]; then f=${f##*/}; ' +
      'case $f in .|..) ;; *) printf %s/ "$f" ;; esac; fi; done; }',
    'while read -r what most && IFS= read -r p; do case $what in ' +
      'text) if [ -r "$p" ] && [ ! -d "$p" ]; then whole "$p"; if [ $? -eq 0 ]; then end ok; else end failed; fi; else why "$p"; fi ;; ' +
      'bytes) if [ -f "$p" ] && [ -r "$p" ]; then if head -c "$most" "$p" 2>/dev/null; then end ok; else end failed; fi; else why "$p"; fi ;; ' +
      'part) if [ -f "$p" ] && [ -r "$p" ]; then if tail -c "+${most% *}" "$p" 2>/dev/null | head -c "${most#* }" 2>/dev/null; then end ok; else end failed; fi; else why "$p"; fi ;; ' +
      'status) if [ -f "$p" ] && [ -r "$p" ]; then if stat -L -c "%s %Y %d:%i" "$p" 2>/dev/null; then end ok; else end failed; fi; else why "$p"; fi ;; ' +
      'names) if [ ! -d "$p" ]; then if [ -e "$p" ]; then end missing; else why "$p"; fi; elif [ -r "$p" ] && [ -x "$p" ]; then names "$p"; end ok; else end denied; fi ;; ' +
      '*) end failed ;; esac; done',
  ].join('; ')

export function shellLine(endMark: string, nonce: string): string {
  const text = posixWord(shellProgram(endMark))
  return scriptLine(
    `s=${text}; if command -v bash >/dev/null 2>&1; then exec bash -c "$s"; fi; eval "$s"`,
    nonce,
  )
}
