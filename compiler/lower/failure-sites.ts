/** Numbers for the places where a call can fail, and the messages that the artefact carries. */

import type { Span } from "../graph/ir.ts";
import { address, compare, FuncBuilder, global, i32, load, select, times } from "../loop/build.ts";
import type { DataObject, LoopFunc } from "../loop/ir.ts";

export interface FailureSite {
  readonly id: number;
  readonly message: string;
  readonly span: Span | undefined;
}

/** Globals with the number of a failure that has a text of its own, and the address of that. */
export interface OwnText {
  readonly site: string;
  readonly at: string;
}

const textName = "messages";

export class FailureSites {
  private readonly list: FailureSite[] = [];

  get sites(): readonly FailureSite[] {
    return this.list;
  }

  /** The number to report for a failure with this message; 0 means success. */
  add(message: string, span: Span | undefined): number {
    const known = this.list.find(
      (s) => s.message === message && s.span?.file === span?.file && s.span?.start === span?.start,
    );
    if (known) return known.id;
    const id = this.list.length + 1;
    this.list.push({ id, message, span });
    return id;
  }

  /** A table of offsets, then the messages in UTF-8, each ended by a zero byte. */
  textData(): DataObject {
    const messages = ["", ...this.list.map((s) => s.message)];
    const encoded = messages.map((m) => new TextEncoder().encode(`${m}\0`));
    const head = messages.length * 4;
    const size = encoded.reduce((n, e) => n + e.length, head);
    const bytes = new Uint8Array(size);
    const offsets = new DataView(bytes.buffer);
    let at = head;
    encoded.forEach((e, i) => {
      offsets.setInt32(i * 4, at, true);
      bytes.set(e, at);
      at += e.length;
    });
    return { name: textName, bytes, size };
  }

  /**
   * `glim_error(id)`: the address of a failure's message, empty for a number that is none. Numbers begin
   * with 1, and so does no `own` text's before there is one.
   */
  messageFunction(text: DataObject, own: OwnText | undefined): LoopFunc {
    const b = new FuncBuilder();
    const id = b.param("id", "i32");
    if (own) {
      b.if(compare("eq", id, global(own.site)), () =>
        b.emit({ s: "return", value: global(own.at) }),
      );
    }
    const known = compare("ltU", id, i32(this.list.length + 1));
    const entry = times(select(known, id, i32(0)), 4);
    const base = address(text.name);
    const table = { k: "binary", type: "i32", op: "add", a: base, b: entry } as const;
    const offset = load({ element: "i32", base: table, index: i32(0) });
    b.emit({ s: "return", value: { k: "binary", type: "i32", op: "add", a: base, b: offset } });
    return b.finish("glim_error", { exported: "glim_error", result: "i32" });
  }
}
