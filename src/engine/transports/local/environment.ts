import { homedir } from 'node:os'

/**
 * The whole environment of every command. Nothing of the console's own is passed on: output must not depend
 * on how the console was started, and variables may hold secrets. PATH is fixed, because a console that runs
 * as root must not find a program in a directory that someone else may write to.
 */
export function commandEnvironment(): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/xensource/bin',
    HOME: homedir(),
    // Untranslated messages, decimal points, bytes in byte order. C.UTF-8 does not exist on CentOS 7, the base
    // of dom0, so LC_ALL is C; LANG serves programs that look at nothing else to choose UTF-8.
    LC_ALL: 'C',
    LANG: 'C.UTF-8',
    // Node's pipes are sockets, and a bash whose input is a socket takes itself for rshd's and reads .bashrc,
    // unless it is not the outermost shell.
    SHLVL: '1',
  }
}
