-- For family_test.lua: what the routes of the family share.
local desk = {}

--- Lines of a bill.
function desk.lines(list) return table.concat(list, "\n") .. "\n" end

return desk
