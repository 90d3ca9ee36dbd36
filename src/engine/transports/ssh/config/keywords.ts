/** Keywords that are known but have no meaning here; a keyword that is nowhere is a mistake. */

/** What ssh would do that this console does not, and what to do about it. */
export interface UnsupportedKeyword {
  readonly message: string
  readonly hint?: string
  /** Values that change nothing, in lower case. */
  readonly harmless: readonly string[]
}

export const unsupportedKeywords: ReadonlyMap<string, UnsupportedKeyword> = new Map<
  string,
  UnsupportedKeyword
>([
  [
    'addressfamily',
    { message: 'AddressFamily is not followed: IPv4 and IPv6 are both tried.', harmless: ['any'] },
  ],
  [
    'bindaddress',
    { message: 'BindAddress is not followed: the system chooses the source address.', harmless: [] },
  ],
  [
    'bindinterface',
    { message: 'BindInterface is not followed: the system chooses the interface.', harmless: [] },
  ],
  [
    'canonicalizehostname',
    {
      message: 'CanonicalizeHostname is not followed: the name is looked up as it is.',
      hint: 'If the host is not found, write its whole name as HostName.',
      harmless: ['no', 'false'],
    },
  ],
  [
    'certificatefile',
    { message: 'CertificateFile is not followed: user certificates are not supported.', harmless: ['none'] },
  ],
  [
    'knownhostscommand',
    { message: 'KnownHostsCommand is not run: only files say which hosts are known.', harmless: ['none'] },
  ],
  [
    'pkcs11provider',
    {
      message: 'PKCS11Provider is not followed.',
      hint: 'Load the keys of the card into ssh-agent (ssh-add -s); the agent is used.',
      harmless: ['none'],
    },
  ],
  [
    'pubkeyauthentication',
    { message: 'PubkeyAuthentication no is not followed.', harmless: ['yes', 'true'] },
  ],
  [
    'revokedhostkeys',
    {
      message: 'RevokedHostKeys is not read: a host key revoked only there is not refused.',
      hint: 'Put the revoked keys into a known_hosts file, marked @revoked.',
      harmless: ['none'],
    },
  ],
  [
    'nohostauthenticationforlocalhost',
    {
      message: 'NoHostAuthenticationForLocalhost is not followed: every host has to show its key.',
      harmless: ['no', 'false'],
    },
  ],
  [
    'verifyhostkeydns',
    {
      message: 'VerifyHostKeyDNS is not followed: host keys are not looked up in DNS.',
      harmless: ['no', 'false'],
    },
  ],
])

/** Of OpenSSH up to 10.0, Debian's and Apple's additions included. */
export const silentKeywords: ReadonlySet<string> = new Set(
  `addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
  canonicalizepermittedcnames casignaturealgorithms challengeresponseauthentication channeltimeout checkhostip
  cipher ciphers clearallforwardings compression compressionlevel connectionattempts controlmaster controlpath
  controlpersist dsaauthentication dynamicforward enableescapecommandline enablesshkeysign escapechar
  exitonforwardfailure fallbacktorsh fingerprinthash forkafterauthentication forwardagent forwardx11
  forwardx11timeout forwardx11trusted gatewayports globalknownhostsfile2 gssapiauthentication
  gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey
  gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes
  hostkeyalgorithms ipqos kbdinteractiveauthentication kbdinteractivedevices keepalive kerberosauthentication
  kerberostgtpassing kexalgorithms localcommand localforward logfacility loglevel logverbose macs
  numberofpasswordprompts obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen
  preferredauthentications protocol proxyusefdpass pubkeyacceptedalgorithms pubkeyacceptedkeytypes
  refuseconnection rekeylimit remotecommand remoteforward requesttty requiredrsasize rhostsauthentication
  rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv sessiontype setenv skeyauthentication
  smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag tcpkeepalive
  tisauthentication tunnel tunneldevice updatehostkeys useblacklistedkeys usekeychain useprivilegedport
  userknownhostsfile2 useroaming usersh versionaddendum visualhostkey warnweakcrypto xauthlocation`.split(
    /\s+/,
  ),
)
