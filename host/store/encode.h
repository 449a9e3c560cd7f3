// Rows as text in the shapes the dialects use: the encoders of streams, and the same
// over rows already read.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace host::store {

struct Format {
  enum class Kind {
    csv,    // header line; RFC 4180 quoting, blanks quoted too; lines end in LF
    plain,  // header line; fields split by `|`; `|`, CR and LF in values become blanks
    json,   // array of objects
    xml,    // <Result><Row>...</Row></Result>
    text,   // `row` once per row, {$column} replaced
  };
  Kind kind = Kind::csv;
  bool text = false;                  // JSON: numbers as strings,
  std::vector<std::string> integers;  // but not in these columns
  bool php = false;                   // JSON escaped as PHP does
  bool one = false;                   // JSON: the first row alone, null when there is none
  bool nested = false;                // JSON: a column `part.name` goes into the object `part`
  bool positional = false;            // JSON: "0", "1" ... before each name; plain: values twice
  bool header = true;
  bool trailing = false;              // plain: a `|` after the last field
  std::string head, tail;             // around it all; XML: in place of prolog and <Result>
  std::string row;
  std::string empty;                  // the whole answer when there is no row,
  bool has_empty = false;             // if set
  std::string row_element = "Row";
};

// "csv", "plain", "json", "xml", "template".
base::Result<Format::Kind> format_kind(std::string_view name);

std::unique_ptr<RowEncoder> make_encoder(Format format);
std::string encode(const Rows& rows, Format format);
// Appends it.
void encode(const Rows& rows, Format format, std::string& out);

}  // namespace host::store
