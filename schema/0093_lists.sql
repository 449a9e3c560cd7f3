-- A tenant's extensions in the order of their ids, without sorting them for every list.
CREATE INDEX i_ex_extensions_te_id ON ex_extensions (ex_te_id);
