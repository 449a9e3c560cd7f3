-- Where a call goes next is looked up by the source: its id stands first, so that all keys of a word are one range.
DROP INDEX i_de_destinations_type_src_type_id_src_ord;
CREATE INDEX i_de_destinations_type_id_src_type_src_ord ON de_destinations (de_type_id_src, de_type_src, de_ord);
