#include "app/commands.h"

#include <fmt/format.h>

#include <ctime>

#include "base/text.h"
#include "codec/digest.h"
#include "codec/json.h"

namespace host::app {

using base::Result;
using store::Query;
using store::Rows;
using store::Value;

static std::string now_utc() {
  std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

// Aligned columns for people, an array of objects for machines.
static std::string listing(const Rows& rows, bool json) {
  std::string out;
  if (json) {
    out += '[';
    for (std::size_t row = 0; row < rows.size(); ++row) {
      out += row ? ",{" : "{";
      for (std::size_t column = 0; column < rows.width(); ++column) {
        if (column) out += ',';
        codec::json::append_string(out, rows.columns()[column]);
        out += ':';
        store::Cell cell = rows.cell(row, column);
        if (cell.kind == store::Kind::null) {
          out += "null";
        } else if (cell.kind == store::Kind::integer) {
          codec::json::append_integer(out, cell.integer);
        } else {
          codec::json::append_string(out, rows.text(row, column));
        }
      }
      out += '}';
    }
    return out + "]\n";
  }
  std::vector<std::size_t> widths(rows.width());
  for (std::size_t column = 0; column < rows.width(); ++column) {
    widths[column] = rows.columns()[column].size();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      widths[column] = std::max(widths[column], rows.text(row, column).size());
    }
  }
  auto line = [&](auto text_of) {
    std::string text;
    for (std::size_t column = 0; column < rows.width(); ++column) {
      bool last = column + 1 == rows.width();
      std::string value = text_of(column);
      text += last ? value : fmt::format("{:<{}}", value, widths[column] + 2);
    }
    out += text + "\n";
  };
  line([&](std::size_t column) { return rows.columns()[column]; });
  for (std::size_t row = 0; row < rows.size(); ++row) {
    line([&](std::size_t column) { return rows.text(row, column); });
  }
  return out;
}

// The code becomes part of Asterisk names (100-CODE), file paths and dialplan data.
static bool valid_code(const std::string& code) {
  if (code.empty() || code.size() > 32) return false;
  for (char c : code) {
    bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) return false;
  }
  return true;
}

Result<std::string> create_tenant(store::Direct& store, const std::string& code,
                                  const std::string& name) {
  if (!valid_code(code)) {
    return base::invalid("tenant code: 1 to 32 letters, digits or _: " + code);
  }
  auto made = store.run({"INSERT INTO te_tenants (te_code, te_name, te_datecreation) VALUES (?, ?, ?)",
                         {code, name.empty() ? code : name, now_utc()},
                         {}});
  if (!made) {
    if (made.error().code == base::Code::conflict) {
      return base::Error{base::Code::conflict, "tenant exists already: " + code};
    }
    return std::move(made).error();
  }
  return fmt::format("tenant {} created, id {}\n", code, made->last_id);
}

Result<std::string> list_tenants(store::Direct& store, bool json) {
  TRY(Rows rows, store.run({"SELECT te_id AS id, te_code AS code, te_name AS name FROM te_tenants "
                            "ORDER BY te_code",
                            {},
                            {}}));
  return listing(rows, json);
}

// As scripts compare it: readable digits, like every hash in the store.
static std::string hashed(std::string_view secret) {
  return base::text::hex(codec::digest::sha256(secret));
}

Result<std::string> create_key(store::Direct& store, const std::string& tenant, bool read_only,
                               const std::string& label) {
  Value tenant_id;
  if (!tenant.empty()) {
    TRY(Rows found, store.run({"SELECT te_id FROM te_tenants WHERE te_code = ?", {tenant}, {}}));
    if (found.empty()) return base::not_found("no such tenant: " + tenant);
    tenant_id = found.cell(0, 0).integer;
  }
  std::string key = base::text::hex(codec::digest::random(20));
  TRY(Rows made,
      store.run({"INSERT INTO keys (ak_te_id, ak_hash, ak_prefix, ak_label, ak_read_only, ak_created) "
                 "VALUES (?, ?, ?, ?, ?, ?)",
                 {tenant_id, hashed(key), key.substr(0, 5) + "...", label,
                  std::int64_t{read_only}, now_utc()},
                 {}}));
  return key + "\n";
}

Result<std::string> list_keys(store::Direct& store, bool json) {
  TRY(Rows rows,
      store.run({"SELECT ak_id AS id, COALESCE(te_code, '(global)') AS tenant, "
                 "CASE ak_read_only WHEN 0 THEN 'full' ELSE 'read-only' END AS access, "
                 "ak_prefix AS key, COALESCE(ak_label, '') AS label, ak_created AS created, "
                 "COALESCE(ak_last_used, '') AS last_used, COALESCE(ak_revoked, '') AS revoked "
                 "FROM keys LEFT JOIN te_tenants ON te_id = ak_te_id ORDER BY ak_id",
                 {},
                 {}}));
  return listing(rows, json);
}

Result<std::string> revoke_key(store::Direct& store, long long id) {
  TRY(Rows done, store.run({"UPDATE keys SET ak_revoked = ? WHERE ak_id = ? AND ak_revoked IS NULL",
                            {now_utc(), std::int64_t{id}},
                            {}}));
  if (done.changes == 0) return base::not_found(fmt::format("no key in force with id {}", id));
  return fmt::format("key {} revoked\n", id);
}

Result<std::string> create_user(store::Direct& store, const std::string& name, bool admin,
                                std::string password) {
  if (name.empty() || name.size() > 191 || base::text::has_line_break(name)) {
    return base::invalid("user name: 1 to 191 characters");
  }
  bool made_up = password.empty();
  if (made_up) password = base::text::hex(codec::digest::random(10));
  auto made = store.run({"INSERT INTO us_users (us_username, us_password, us_admin) VALUES (?, ?, ?)",
                         {name, hashed(password),
                          admin ? Value(std::string("on")) : Value(std::monostate())},
                         {}});
  if (!made) {
    if (made.error().code == base::Code::conflict) {
      return base::Error{base::Code::conflict, "user exists already: " + name};
    }
    return std::move(made).error();
  }
  // KalliopePBX knows one administrator, whose API password is the MD5 of the real one.
  if (admin && name == "admin") {
    std::string api_password = base::text::hex(codec::digest::md5(password));
    TRY(Rows saved, store.run({"INSERT INTO ks_settings (ks_code, ks_value) VALUES "
                               "('admin_password', ?) ON CONFLICT (ks_code) DO UPDATE SET "
                               "ks_value = excluded.ks_value",
                               {hashed(api_password)},
                               {}}));
  }
  if (made_up) return password + "\n";
  return fmt::format("user {} created, id {}\n", name, made->last_id);
}

Result<std::string> show_log(store::Direct& store, const std::string& tenant, int limit,
                             bool json) {
  std::string sql =
      "SELECT * FROM (SELECT ul_id AS id, ul_date AS date, COALESCE(te_code, '') AS tenant, "
      "ul_user AS actor, ul_action AS action, ul_object AS object, ul_object_id AS object_id, "
      "COALESCE(ul_description, '') AS detail FROM ul_useractivitylogs "
      "LEFT JOIN te_tenants ON te_id = ul_te_id";
  std::vector<Value> values;
  if (!tenant.empty()) {
    sql += " WHERE te_code = ?";
    values.emplace_back(tenant);
  }
  sql += " ORDER BY ul_id DESC LIMIT ?) ORDER BY id";
  values.emplace_back(std::int64_t{limit});
  TRY(Rows rows, store.run({sql, std::move(values), {}}));
  return listing(rows, json);
}

}  // namespace host::app
