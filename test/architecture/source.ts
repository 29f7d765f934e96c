/** Source files as the architecture tests see them: parsed, with every import of any kind, types included. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync, type Program, Visitor } from 'oxc-parser';

export interface Import {
  /** As written. Undefined when it is computed while the program runs. */
  specifier: string | undefined;
  /** Gone after the types are stripped. */
  typeOnly: boolean;
  /** What is imported by name. */
  names: string[];
}

export interface Source {
  /** From the root of the repository, with `/`. */
  path: string;
  text: string;
  program: Program;
  imports: Import[];
  /** Does the file begin with a comment, a `#!` line apart? */
  opensWithComment: boolean;
}

const root = path.resolve(import.meta.dirname, '../..');

/** Every file of the project, from its root, that matches one of the patterns. */
export function filesOf(...patterns: string[]): string[] {
  const exclude = ['node_modules', '.git', '.curfew', 'coverage', 'dist'];
  const found = globSync(patterns, { cwd: root, exclude: (name) => exclude.includes(name) });
  return found.map((file) => file.replaceAll(path.sep, '/')).toSorted();
}

/** Every TypeScript and JavaScript file of the project, parsed. */
export function allSources(): Source[] {
  return filesOf('**/*.ts', '**/*.js').map((file) => parseSource(file, readText(file)));
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Parses one file. The tests of the rules give it texts of their own. */
export function parseSource(file: string, text: string): Source {
  const { program, module, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const imports: Import[] = [
    ...module.staticImports.map((found) => ({
      specifier: found.moduleRequest.value,
      typeOnly: found.entries.length > 0 && found.entries.every((entry) => entry.isType),
      names: found.entries.flatMap((entry) => entry.importName.name ?? entry.importName.kind),
    })),
    ...module.staticExports
      .flatMap((found) => found.entries)
      .flatMap(({ moduleRequest, isType, importName }) =>
        moduleRequest
          ? [
              {
                specifier: moduleRequest.value,
                typeOnly: isType,
                names: [importName.name ?? importName.kind],
              },
            ]
          : [],
      ),
    ...expressionImports(program),
  ];
  const start = program.hashbang?.end ?? 0;
  const first = comments.find((comment) => comment.start >= start);
  const opensWithComment = first !== undefined && text.slice(start, first.start).trim() === '';
  return { path: file, text, program, imports, opensWithComment };
}

/** `import('./x.ts')` as a value and as a type. */
function expressionImports(program: Program): Import[] {
  const found: Import[] = [];
  const add = (source: { type: string; value?: unknown }, typeOnly: boolean) => {
    const specifier =
      source.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined;
    found.push({ specifier, typeOnly, names: [] });
  };
  new Visitor({
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
  }).visit(program);
  return found;
}
