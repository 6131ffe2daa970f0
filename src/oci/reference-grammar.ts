/**
 * The grammar of image references, distribution/reference v0.6.0 reference.go:
 *
 *   reference      ::= name [":" tag] ["@" digest]
 *   name           ::= [domain "/"] path-component ("/" path-component)*
 *   domain         ::= host [":" port-number]
 *   host           ::= label ("." label)* | "[" IPv6 address, no zone "]"
 *   label          ::= [a-zA-Z0-9] | [a-zA-Z0-9] [a-zA-Z0-9-]* [a-zA-Z0-9]
 *   path-component ::= alphanumeric (separator alphanumeric)*
 *   alphanumeric   ::= [a-z0-9]+
 *   separator      ::= "." | "_" | "__" | "-"+
 *   tag            ::= [A-Za-z0-9_] [A-Za-z0-9_.-]{0,127}
 *   digest         ::= algorithm ":" [0-9a-fA-F]{32,}
 *   algorithm      ::= component ([+.-_] component)*, component ::= [A-Za-z] [A-Za-z0-9]*
 *   identifier     ::= [a-f0-9]{64}
 */
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = String.raw`(?:${label}(?:\.${label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`;
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const path = `${component}(?:/${component})*`;
const tag = String.raw`\w[\w.-]{0,127}`;
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

export const domainGrammar = new RegExp(`^${domain}$`);
/** Groups: domain (undefined where there is none), path. */
export const nameGrammar = new RegExp(`^(?:(${domain})/)?(${path})$`);
/** Groups: name, tag, digest. */
export const referenceGrammar = new RegExp(`^((?:${domain}/)?${path})(?::(${tag}))?(?:@(${digest}))?$`);
export const tagGrammar = new RegExp(`^${tag}$`);
export const identifierGrammar = /^[a-f0-9]{64}$/;
