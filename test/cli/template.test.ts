import { expect, test } from 'vitest';
import { GoNil } from '../../src/cli/template/go-value.ts';
import { Template } from '../../src/cli/template/template.ts';

const data = {
  Id: 'sha256:ab',
  Size: 7797760,
  RepoTags: ['alpine:3.20', 'alpine:latest'],
  Config: {
    Env: ['PATH=/bin', 'A=1'],
    Labels: { b: '2', a: '1' },
    Cmd: new GoNil('list'),
    Volumes: new GoNil('map'),
    User: '',
  },
  Layers: [
    { Name: 'x', Parts: [1, 2] },
    { Name: 'y', Parts: [] },
  ],
  Nothing: null,
  On: true,
};

test.each([
  ['plain', 'plain'],
  ['{{.Id}}', 'sha256:ab'],
  ['{{ .Id }}-{{.Size}}', 'sha256:ab-7797760'],
  ['{{.Config.Env}}', '[PATH=/bin A=1]'],
  ['{{.Config.Labels}}', 'map[a:1 b:2]'],
  ['{{.Config.Cmd}} {{.Config.Volumes}} {{.Nothing}}', '[] map[] <nil>'],
  ['{{json .Config.Cmd}}', 'null'],
  ['{{json .RepoTags}}', '["alpine:3.20","alpine:latest"]'],
  ['{{json .}}', JSON.stringify(data)],
  ['{{.Layers}}', '[map[Name:x Parts:[1 2]] map[Name:y Parts:[]]]'],
  ['{{index .RepoTags 0}}', 'alpine:3.20'],
  ['{{index .Config.Labels "a"}}', '1'],
  ['{{index .Config.Labels "none"}}', ''],
  ['{{(index .Layers 0).Name}}', 'x'],
  ['{{index .Layers 0 "Parts" 1}}', '2'],
  ['{{.Id | upper}}', 'SHA256:AB'],
  ['{{upper .Id | lower | printf "%s|%-6s|%5d|%q" "a" "b" 7}}', 'a|b     |    7|"sha256:ab"'],
  ['{{join .RepoTags ", "}}', 'alpine:3.20, alpine:latest'],
  ['{{index (split .Id ":") 1}}', 'ab'],
  ['{{len .RepoTags}} {{len .Id}} {{len .Config.Labels}} {{len .Config.Cmd}}', '2 9 2 0'],
  ['{{range .RepoTags}}{{.}};{{end}}', 'alpine:3.20;alpine:latest;'],
  ['{{range $i, $tag := .RepoTags}}{{$i}}={{$tag}} {{end}}', '0=alpine:3.20 1=alpine:latest '],
  ['{{range $k, $v := .Config.Labels}}{{$k}}{{$v}}{{end}}', 'a1b2'],
  ['{{range .Config.Cmd}}x{{else}}none{{end}}', 'none'],
  ['{{range .Layers}}{{$.Id}}/{{.Name}}:{{range .Parts}}{{.}},{{end}} {{end}}', 'sha256:ab/x:1,2, sha256:ab/y: '],
  ['{{range .Layers}}{{if eq .Name "x"}}{{continue}}{{end}}{{.Name}}{{break}}{{end}}', 'y'],
  ['{{if .Config.User}}user{{else}}root{{end}}', 'root'],
  ['{{if eq .Size 1}}one{{else if gt .Size 100}}big{{else}}small{{end}}', 'big'],
  ['{{if and .On (not .Nothing) (or .Config.User .Id)}}yes{{end}}', 'yes'],
  ['{{eq .Id "a" "b" "sha256:ab"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{ge 1 2}}', 'true true true true false'],
  ['{{with .Config}}{{.Env}}{{else}}-{{end}}', '[PATH=/bin A=1]'],
  ['{{with $x := .Id}}{{$x}}{{end}}', 'sha256:ab'],
  ['{{$x := 1}}{{if .On}}{{$x = 2}}{{end}}{{$x}}', '2'],
  ['{{$x := 1}}{{if .On}}{{$x := 2}}{{end}}{{$x}}', '1'],
  ['a {{- /* gone */ -}} b', 'ab'],
  ['a {{- .Id -}} b', 'asha256:abb'],
  ['{{println .Id}}', 'sha256:ab\n'],
  ['{{print 1 "a"}}', '1a'],
  ['{{slice .Id 0 6}}{{truncate .Id 3}}|{{pad "x" 1 2}}|{{title "big image"}}', 'sha256sha| x  |Big Image'],
  ['{{"quo\\"te\\n"}}{{`raw\\n`}}', 'quo"te\nraw\\n'],
  ['{{true}} {{nil | json}}', 'true null'],
  ['{{"{{"}}', '{{'],
  ['{{.}}', expect.stringMatching(/^map\[Config:map\[/)],
])('%s', (template, expected) => {
  expect(new Template(template).execute(data)).toEqual(expected);
});

test.each([
  ['{{.Foo}}', 'template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo"'],
  ['{{.Config.Foo}}', 'template: :1:9: executing "" at <.Config.Foo>: map has no entry for key "Foo"'],
  ['x\n{{.Foo}}', 'template: :2:2: executing "" at <.Foo>'],
  ['{{.Id.Foo}}', "can't evaluate field Foo in type string"],
  ['{{.Nothing.Foo}}', 'nil data; no entry for key "Foo"'],
  ['{{.constructor}}', 'map has no entry for key "constructor"'],
  ['{{constructor}}', 'function "constructor" not defined'],
  ['{{foo .Id}}', 'function "foo" not defined'],
  ['{{index .RepoTags 5}}', 'error calling index: index out of range: 5'],
  ['{{upper .Size}}', 'error calling upper: expected string; found 7797760'],
  ['{{range .Size}}{{end}}', "range can't iterate over 7797760"],
  ['{{.Id .Id}}', "can't give argument to non-function .Id"],
  ['{{$y}}', 'undefined variable "$y"'],
])('%s fails as in Go: %s', (template, message) => {
  expect(() => new Template(template).execute(data)).toThrow(message);
});

test.each([
  ['{{', 'unclosed action'],
  ['{{.Id', 'unclosed action'],
  ['{{}}', 'missing value for command'],
  ['{{if .Id}}', 'unexpected EOF'],
  ['{{end}}', 'unexpected {{end}}'],
  ['{{.Id | }}', 'missing value for command'],
  ['{{(.Id}}', 'unclosed left paren'],
  ['{{%}}', 'unexpected "%" in command'],
])('%s is refused before it is carried out: %s', (template, message) => {
  expect(() => new Template(template)).toThrow(message);
});
