/** Quoting for shells. Two levels: any login shell that hands a script to /bin/sh, and that shell itself. */

/** One word for a POSIX shell. A line feed becomes `$n`, because csh knows none inside quotes. */
export const posixWord = (text: string): string =>
  text
    .split('\n')
    .map((line) => `'${line.replaceAll("'", `'\\''`)}'`)
    .join('"$n"')

/** Sets `n`, where a word needs it. */
export const lineFeedVariable = (words: readonly string[]): string =>
  words.some((word) => word.includes('\n')) ? `n=$(printf '\\nx'); n=\${n%x}; ` : ''

/**
 * One word for sh, bash, zsh, fish, csh and tcsh alike. Each treats something inside single quotes in its own
 * way (fish the backslash, csh the exclamation mark): such characters stand outside, behind a backslash.
 * The text must be one line.
 */
export const anyShellWord = (text: string): string =>
  `'${text.replace(/['\\!]/g, (character) => `'\\${character}'`)}'`

/** One word of a command that a person is shown, to run it in a shell of their own; quoted only where it must be. */
export const shownWord = (text: string): string =>
  /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
