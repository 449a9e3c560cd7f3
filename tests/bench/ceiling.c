// The ceiling: the same libuv, llhttp and SQLite as the host, in C, with no Lua and no
// policy. Answers what `make bench` asks for and nothing else; not a product.
//   ceiling PORT DATABASE
//   GET /hello                       a fixed JSON text
//   GET /extension?key=K&number=N    key check, one row of every column as JSON
//   GET /extensions?key=K            key check, the tenant's rows (id, number, name, tech)
//   GET /cdrs?key=K                  key check, every call record as CSV, streamed
#include <llhttp.h>
#include <openssl/sha.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

typedef struct { char *data; size_t size, capacity; } Text;

static void reserve(Text *t, size_t more) {
  if (t->size + more <= t->capacity) return;
  while (t->capacity < t->size + more) t->capacity = t->capacity ? t->capacity * 2 : 4096;
  t->data = realloc(t->data, t->capacity);
}
static void add(Text *t, const char *bytes, size_t n) {
  reserve(t, n);
  memcpy(t->data + t->size, bytes, n);
  t->size += n;
}
static void add_text(Text *t, const char *text) { add(t, text, strlen(text)); }

static void add_json(Text *t, const char *s, size_t n) {
  reserve(t, n * 6 + 2);
  char *o = t->data + t->size;
  *o++ = '"';
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    if (c == '"' || c == '\\') { *o++ = '\\'; *o++ = (char)c; }
    else if (c < 0x20) o += sprintf(o, "\\u%04x", c);
    else *o++ = (char)c;
  }
  *o++ = '"';
  t->size = (size_t)(o - t->data);
}

static sqlite3 *db;
static sqlite3_stmt *key_statement, *one, *list, *begin, *commit;
static const char *database_path;

typedef struct {
  uv_tcp_t tcp;
  llhttp_t parser;
  char url[512];
  size_t url_size;
  Text out;
  uv_write_t write;
  sqlite3 *export_db;
  sqlite3_stmt *export_rows;
} Client;

static llhttp_settings_t settings;

static void answer(Client *c, const char *type, const Text *body) {
  char head[256];
  int n = snprintf(head, sizeof head,
                   "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, body->size);
  add(&c->out, head, (size_t)n);
  add(&c->out, body->data, body->size);
}

static int parameter(const char *url, const char *name, char *value, size_t size) {
  const char *at = strstr(url, name);
  if (!at) return 0;
  at += strlen(name);
  size_t n = strcspn(at, "& ");
  if (n >= size) n = size - 1;
  memcpy(value, at, n);
  value[n] = 0;
  return 1;
}

static long long check_key(const char *url) {
  char key[128], hex[65];
  unsigned char digest[32];
  if (!parameter(url, "key=", key, sizeof key)) return -1;
  SHA256((unsigned char *)key, strlen(key), digest);
  for (int i = 0; i < 32; i++) sprintf(hex + i * 2, "%02x", digest[i]);
  sqlite3_bind_text(key_statement, 1, hex, 64, SQLITE_STATIC);
  long long tenant = sqlite3_step(key_statement) == SQLITE_ROW ? sqlite3_column_int64(key_statement, 0) : -1;
  sqlite3_reset(key_statement);
  return tenant;
}

static void row_json(sqlite3_stmt *s, Text *body) {
  int columns = sqlite3_column_count(s);
  add(body, "{", 1);
  for (int i = 0; i < columns; i++) {
    if (i) add(body, ",", 1);
    const char *name = sqlite3_column_name(s, i);
    add_json(body, name, strlen(name));
    add(body, ":", 1);
    const char *text = (const char *)sqlite3_column_text(s, i);
    if (text) add_json(body, text, (size_t)sqlite3_column_bytes(s, i));
    else add(body, "null", 4);
  }
  add(body, "}", 1);
}

static void written(uv_write_t *w, int status);

static void export_chunk(Client *c) {
  Text body = {0};
  int done = 0;
  while (body.size < 65536) {
    if (sqlite3_step(c->export_rows) != SQLITE_ROW) { done = 1; break; }
    int columns = sqlite3_column_count(c->export_rows);
    for (int i = 0; i < columns; i++) {
      if (i) add(&body, ",", 1);
      const char *text = (const char *)sqlite3_column_text(c->export_rows, i);
      size_t n = (size_t)sqlite3_column_bytes(c->export_rows, i);
      if (text && strpbrk(text, ", \"\r\n")) {
        add(&body, "\"", 1);
        for (size_t k = 0; k < n; k++) {
          if (text[k] == '"') add(&body, "\"", 1);
          add(&body, text + k, 1);
        }
        add(&body, "\"", 1);
      } else if (text) {
        add(&body, text, n);
      }
    }
    add(&body, "\n", 1);
  }
  char head[32];
  c->out.size = 0;
  if (body.size) {
    add(&c->out, head, (size_t)snprintf(head, sizeof head, "%zx\r\n", body.size));
    add(&c->out, body.data, body.size);
    add_text(&c->out, "\r\n");
  }
  if (done) {
    add_text(&c->out, "0\r\n\r\n");
    sqlite3_finalize(c->export_rows);
    sqlite3_close(c->export_db);
    c->export_rows = NULL;
  }
  free(body.data);
  uv_buf_t buffer = uv_buf_init(c->out.data, (unsigned)c->out.size);
  uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, written);
}

static void written(uv_write_t *w, int status) {
  Client *c = w->handle->data;
  if (status == 0 && c->export_rows) export_chunk(c);
}

static int on_url(llhttp_t *p, const char *at, size_t n) {
  Client *c = p->data;
  if (c->url_size + n < sizeof c->url) {
    memcpy(c->url + c->url_size, at, n);
    c->url_size += n;
    c->url[c->url_size] = 0;
  }
  return 0;
}

static int on_complete(llhttp_t *p) {
  Client *c = p->data;
  Text body = {0};
  if (!strncmp(c->url, "/hello", 6)) {
    add_text(&body, "{\"hello\":\"world\"}");
    answer(c, "application/json", &body);
  } else if (!strncmp(c->url, "/extensions", 11)) {
    sqlite3_step(begin), sqlite3_reset(begin);
    long long tenant = check_key(c->url);
    sqlite3_bind_int64(list, 1, tenant);
    add(&body, "[", 1);
    for (int first = 1; sqlite3_step(list) == SQLITE_ROW; first = 0) {
      if (!first) add(&body, ",", 1);
      row_json(list, &body);
    }
    add(&body, "]", 1);
    sqlite3_reset(list);
    sqlite3_step(commit), sqlite3_reset(commit);
    answer(c, "application/json", &body);
  } else if (!strncmp(c->url, "/extension", 10)) {
    char number[64] = "";
    parameter(c->url, "number=", number, sizeof number);
    sqlite3_step(begin), sqlite3_reset(begin);
    long long tenant = check_key(c->url);
    sqlite3_bind_int64(one, 1, tenant);
    sqlite3_bind_text(one, 2, number, -1, SQLITE_STATIC);
    if (sqlite3_step(one) == SQLITE_ROW) row_json(one, &body);
    sqlite3_reset(one);
    sqlite3_step(commit), sqlite3_reset(commit);
    answer(c, "application/json", &body);
  } else if (!strncmp(c->url, "/cdrs", 5) && check_key(c->url) >= 0) {
    sqlite3_open_v2(database_path, &c->export_db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_prepare_v2(c->export_db, "SELECT * FROM cdr", -1, &c->export_rows, NULL);
    c->url_size = 0;
    add_text(&c->out, "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n");
    uv_buf_t buffer = uv_buf_init(c->out.data, (unsigned)c->out.size);
    uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
    c->out.size = 0;
    export_chunk(c);
    return 0;
  } else {
    answer(c, "text/plain", &body);
  }
  free(body.data);
  c->url_size = 0;
  return 0;
}

static void on_close(uv_handle_t *h) {
  Client *c = h->data;
  if (c->export_rows) { sqlite3_finalize(c->export_rows); sqlite3_close(c->export_db); }
  free(c->out.data);
  free(c);
}

static void on_alloc(uv_handle_t *h, size_t size, uv_buf_t *b) {
  static char buffer[65536];
  (void)h, (void)size;
  *b = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
  Client *c = s->data;
  if (n == 0) return;
  if (n < 0 || llhttp_execute(&c->parser, b->base, (size_t)n) != HPE_OK) {
    if (!uv_is_closing((uv_handle_t *)s)) uv_close((uv_handle_t *)s, on_close);
    return;
  }
  if (c->export_rows || !c->out.size) return;
  uv_buf_t out = uv_buf_init(c->out.data, (unsigned)c->out.size);
  int sent = uv_try_write(s, &out, 1);
  if (sent < 0) sent = 0;
  if ((size_t)sent < c->out.size) {
    out = uv_buf_init(c->out.data + sent, (unsigned)(c->out.size - (size_t)sent));
    uv_write(&c->write, s, &out, 1, written);
    c->out.data = NULL, c->out.capacity = 0;  // given to the write; a benchmark may leak it
  }
  c->out.size = 0;
}

static void on_connection(uv_stream_t *server, int status) {
  if (status < 0) return;
  Client *c = calloc(1, sizeof *c);
  uv_tcp_init(server->loop, &c->tcp);
  c->tcp.data = c;
  uv_accept(server, (uv_stream_t *)&c->tcp);
  uv_tcp_nodelay(&c->tcp, 1);
  llhttp_init(&c->parser, HTTP_REQUEST, &settings);
  c->parser.data = c;
  uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  database_path = argv[2];
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_open_v2(argv[2], &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL)) return 1;
  sqlite3_prepare_v2(db, "BEGIN", -1, &begin, NULL);
  sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL);
  sqlite3_prepare_v2(db, "SELECT ak_te_id, ak_read_only FROM keys WHERE ak_hash = ? AND ak_revoked IS NULL", -1, &key_statement, NULL);
  sqlite3_prepare_v2(db, "SELECT * FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?", -1, &one, NULL);
  sqlite3_prepare_v2(db, "SELECT ex_id AS id, ex_number AS number, ex_name AS name, ex_tech AS tech FROM ex_extensions WHERE ex_te_id = ?", -1, &list, NULL);
  if (!begin || !commit || !key_statement || !one || !list) { fprintf(stderr, "%s\n", sqlite3_errmsg(db)); return 1; }
  llhttp_settings_init(&settings);
  settings.on_url = on_url;
  settings.on_message_complete = on_complete;
  uv_loop_t *loop = uv_default_loop();
  uv_tcp_t server;
  struct sockaddr_in address;
  uv_tcp_init(loop, &server);
  uv_ip4_addr("127.0.0.1", atoi(argv[1]), &address);
  uv_tcp_bind(&server, (struct sockaddr *)&address, 0);
  if (uv_listen((uv_stream_t *)&server, 1024, on_connection)) return 1;
  return uv_run(loop, UV_RUN_DEFAULT);
}
