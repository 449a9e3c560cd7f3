-- lib.fold: small letters beyond ASCII.
local fold = require "lib.fold"

test("letters of several scripts", function(t)
  for text, folded in pairs({
    ["ZANÈ"] = "zanè", ["ÀÖØÞ ŁŹŻ ÑÜ"] = "àöøþ łźż ñü", ["ΑΩ Ά"] = "αω ά", ["ЖЁЯ"] = "жёя", ["ẠỸ"] = "ạỹ",
    ["×ß日本 \255"] = "×ß日本 \255",
  }) do t.equal(fold(text), folded) end
end)
