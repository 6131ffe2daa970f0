/** What is wrong with a template, worded as Go does: users look these sentences up. */
import { GockerError } from '../../errors/index.ts';

/** A template that can't be read. */
export function templateError(template: string, offset: number, message: string): GockerError {
  const [line] = position(template, offset);
  return new GockerError('TEMPLATE_INVALID', `template parsing error: template: :${line}: ${message}`, {
    hint: 'Templates are those of docker: --format "{{.ID}}\\t{{.Size}}", or --format json for all there is.',
  });
}

/** A template that can't be carried out on this value. @param fields what there is, for the hint */
export function executionError(
  at: { readonly template: string; readonly offset: number; readonly shown: string },
  message: string,
  fields: readonly string[] = [],
): GockerError {
  const [line, column] = position(at.template, at.offset);
  return new GockerError(
    'TEMPLATE_FAILED',
    `template parsing error: template: :${line}:${column}: executing "" at <${at.shown}>: ${message}`,
    { hint: fields.length === 0 ? undefined : `The fields here are ${fields.join(', ')}.` },
  );
}

/** Line from 1, column from 0, as Go counts. */
function position(template: string, offset: number): readonly [line: number, column: number] {
  const before = template.slice(0, offset).split('\n');
  return [before.length, before.at(-1)?.length ?? 0];
}
