// What the clients of both documents are made of: requests whose paths, bodies and answers are those of the types that
// openapi-typescript makes of a document, and nothing else.
import type { paths } from "./api.js";

type Methods = "get" | "post" | "put" | "patch" | "delete";
type PathWith<M extends Methods> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never
}[keyof paths];
export type Operation<P extends keyof paths, M extends Methods> = paths[P] extends { [K in M]: infer O } ? O : never;
type Json<T> = T extends { content: { "application/json": infer B } } ? B : never;
export type Body<O> = O extends { requestBody?: infer R } ? Json<NonNullable<R>> : never;
export type Query<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
type Path<O> = O extends { parameters: { path: infer Q } } ? Q : never;
type Answer<O> = O extends { responses: infer R }
  ? Json<R[(200 | 201) & keyof R]>
  : never;

interface Options<O> {
  query?: Query<O>;
  path?: Path<O>;
  body?: Body<O>;
}

type Way = "header" | "bearer" | "query";

export class Client {
  constructor(private readonly base: string, private readonly key: string, private readonly way: Way = "header") {}

  private async send(method: Methods, path: string, options: Options<never> & Record<string, unknown>): Promise<unknown> {
    let target = path;
    for (const [name, value] of Object.entries((options.path ?? {}) as Record<string, unknown>)) {
      target = target.replace(`{${name}}`, encodeURIComponent(String(value)));
    }
    // The compatibility form stands at the address itself.
    const url = new URL(this.base + (target === "/" ? "" : target));
    for (const [name, value] of Object.entries((options.query ?? {}) as Record<string, unknown>)) {
      url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (this.way === "header") headers["X-API-Key"] = this.key;
    if (this.way === "bearer") headers.Authorization = `Bearer ${this.key}`;
    if (this.way === "query") url.searchParams.set("key", this.key);
    const response = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  get<P extends PathWith<"get">>(path: P, options: Options<Operation<P, "get">> = {}) {
    return this.send("get", path, options as never) as Promise<Answer<Operation<P, "get">>>;
  }
  post<P extends PathWith<"post">>(path: P, options: Options<Operation<P, "post">>) {
    return this.send("post", path, options as never) as Promise<Answer<Operation<P, "post">>>;
  }
  patch<P extends PathWith<"patch">>(path: P, options: Options<Operation<P, "patch">>) {
    return this.send("patch", path, options as never) as Promise<Answer<Operation<P, "patch">>>;
  }
  put<P extends PathWith<"put">>(path: P, options: Options<Operation<P, "put">>) {
    return this.send("put", path, options as never) as Promise<Answer<Operation<P, "put">>>;
  }
  delete<P extends PathWith<"delete">>(path: P, options: Options<Operation<P, "delete">>) {
    return this.send("delete", path, options as never) as Promise<Answer<Operation<P, "delete">>>;
  }
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}
