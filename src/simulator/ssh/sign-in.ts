import { timingSafeEqual } from 'node:crypto'
import ssh2, { type AuthContext } from 'ssh2'

/** Lets in who has the private half of `publicKey`, as `user` and nobody else. */
export function signIn(context: AuthContext, user: string, publicKey: string): void {
  const allowed = ssh2.utils.parseKey(publicKey)
  if (context.method !== 'publickey' || context.username !== user || allowed instanceof Error) {
    context.reject(['publickey'])
    return
  }
  const blob = allowed.getPublicSSH()
  const known = context.key.data.length === blob.length && timingSafeEqual(context.key.data, blob)
  // It gives back an error, too, which must not count as true.
  const verified: unknown =
    context.signature === undefined || context.blob === undefined
      ? null
      : allowed.verify(context.blob, context.signature, context.hashAlgo)
  // Without a signature the client only asks whether this key would do.
  const signed = context.signature === undefined || verified === true
  if (known && context.key.algo === allowed.type && signed) context.accept()
  else context.reject(['publickey'])
}
