import type { Call, Reply } from './payload-model'

/** What can be said of XML-RPC without taking it apart: also of a payload that was cut. Null where it is another XML. */
export function parseXmlPayload(text: string): Call | Reply | null {
  const method = /<methodCall>\s*<methodName>([^<]*)<\/methodName>/.exec(text)?.[1]
  if (method !== undefined) {
    return { type: 'call', form: 'xml-rpc', method, named: null, positional: [], debug: null, tree: null }
  }
  if (!text.includes('<methodResponse>')) return null
  // xapi's way to fail is a struct with the status; <fault> is that of XML-RPC itself.
  const failed =
    /<methodResponse>\s*<fault>/.test(text) ||
    /<name>Status<\/name>\s*<value>(?:<string>)?Failure</.test(text)
  return { type: 'reply', form: 'xml-rpc', failed, value: null, tree: null }
}
