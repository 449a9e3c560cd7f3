-- Calls by a number of one of their parties, of one tenant and of a span of time: whoever asks for a phone reads its
-- calls and not all of that time.
CREATE INDEX i_cdr_te_id_src_start ON cdr (te_id, src, "start");
CREATE INDEX i_cdr_te_id_dst_start ON cdr (te_id, dst, "start");
CREATE INDEX i_cdr_te_id_firstdst_start ON cdr (te_id, firstdst, "start");
CREATE INDEX i_cdr_te_id_lastdst_start ON cdr (te_id, lastdst, "start");
CREATE INDEX i_cdr_te_id_realsrc_start ON cdr (te_id, realsrc, "start");
CREATE INDEX i_cdr_te_id_wherelanded_start ON cdr (te_id, wherelanded, "start");

CREATE INDEX i_sc_simplecdr_te_id_calleridnum_start ON sc_simplecdr (sc_te_id, sc_calleridnum, sc_start);
CREATE INDEX i_sc_simplecdr_te_id_dialednum_start ON sc_simplecdr (sc_te_id, sc_dialednum, sc_start);
CREATE INDEX i_sc_simplecdr_te_id_whoanswered_start ON sc_simplecdr (sc_te_id, sc_whoanswered, sc_start);
