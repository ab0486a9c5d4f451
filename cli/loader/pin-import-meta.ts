/** Owns `import.meta` of a bundled file: it still speaks of the file's own place. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import type ts from "typescript";
import { tsc } from "../../compiler/frontend/typescript.ts";
import type { SourceEditor } from "./edited-source.ts";

/** Replaces what `import.meta` says of the file's location by the location itself. */
export function pinImportMeta(source: ts.SourceFile, editor: SourceEditor, file: string): void {
  const place: ReadonlyMap<string, string> = new Map([
    ["url", JSON.stringify(pathToFileURL(file).href)],
    ["filename", JSON.stringify(file)],
    ["dirname", JSON.stringify(path.dirname(file))],
  ]);
  const visit = (node: ts.Node): void => {
    if (isImportMeta(node)) {
      const { parent } = node;
      const property = tsc.isPropertyAccessExpression(parent) ? parent.name.text : undefined;
      const value = property === undefined ? undefined : place.get(property);
      if (value !== undefined) {
        editor.replace(parent.getStart(source), parent.end, value);
      } else if (property === undefined) {
        const fields = [...place].map(([key, text]) => `${key}:${text}`).join(",");
        editor.replace(node.getStart(source), node.end, `({...import.meta,${fields}})`);
      }
    }
    tsc.forEachChild(node, visit);
  };
  if (source.text.includes("import.meta")) visit(source);
}

function isImportMeta(node: ts.Node): boolean {
  return tsc.isMetaProperty(node) && node.keywordToken === tsc.SyntaxKind.ImportKeyword;
}
