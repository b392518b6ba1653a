/** Modules of which Malt has no directive: theirs are refused by name, so that a message can say whose they are. */

import type { Module } from "./definition.ts";

const DIRECTIVES: Readonly<Record<string, string>> = {
  mod_actions: "Action Script",
  mod_auth_digest:
    "AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck AuthDigestNonceLifetime AuthDigestProvider " +
    "AuthDigestQop AuthDigestShmemSize",
  mod_auth_form:
    "AuthFormAuthoritative AuthFormBody AuthFormDisableNoStore AuthFormFakeBasicAuth AuthFormLocation " +
    "AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation AuthFormLogoutLocation AuthFormMethod " +
    "AuthFormMimetype AuthFormPassword AuthFormProvider AuthFormSitePassphrase AuthFormSize " +
    "AuthFormUsername",
  mod_authn_anon: "Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail Anonymous_NoUserId Anonymous_VerifyEmail",
  mod_authn_dbd: "AuthDBDUserPWQuery AuthDBDUserRealmQuery",
  mod_authn_dbm: "AuthDBMType AuthDBMUserFile",
  mod_authn_socache: "AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor AuthnCacheSOCache AuthnCacheTimeout",
  mod_authz_dbd: "AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery",
  mod_authz_dbm: "AuthDBMGroupFile AuthzDBMType",
  mod_authnz_ldap:
    "AuthLDAPAuthorizePrefix AuthLDAPBindAuthoritative AuthLDAPBindDN AuthLDAPBindPassword " +
    "AuthLDAPCharsetConfig AuthLDAPCompareAsUser AuthLDAPCompareDNOnServer AuthLDAPDereferenceAliases " +
    "AuthLDAPGroupAttribute AuthLDAPGroupAttributeIsDN AuthLDAPInitialBindAsUser " +
    "AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth AuthLDAPRemoteUserAttribute " +
    "AuthLDAPRemoteUserIsDN AuthLDAPSearchAsUser AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass " +
    "AuthLDAPURL",
  mod_cgid: "CGIDScriptTimeout ScriptLog ScriptLogBuffer ScriptLogLength ScriptSock",
  mod_deflate:
    "DeflateAlterEtag DeflateBufferSize DeflateCompressionLevel DeflateFilterNote " +
    "DeflateInflateLimitRequestBody DeflateInflateRatioBurst DeflateInflateRatioLimit DeflateMemLevel " +
    "DeflateWindowSize",
  mod_filter: "AddOutputFilterByType FilterChain FilterDeclare FilterProtocol FilterProvider FilterTrace",
  mod_log_config: "BufferedLogs CustomLog GlobalLog LogFormat TransferLog",
  mod_unixd: "ChrootDir Group Suexec User",
  mpm_common:
    "AsyncRequestWorkerFactor GracefulShutdownTimeout Listen ListenBacklog ListenCoresBucketsRatio " +
    "ListenTCPDeferAccept MaxClients MaxRequestWorkers MaxSpareThreads MinSpareThreads ReceiveBufferSize " +
    "SendBufferSize ServerLimit StartServers ThreadLimit ThreadsPerChild",
};

export const refusedModules: readonly Module[] = Object.entries(DIRECTIVES).map(([name, words]) => ({
  name,
  directives: [],
  refused: words.split(" "),
}));
