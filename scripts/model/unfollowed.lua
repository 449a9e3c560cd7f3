-- Columns that nothing follows, by table: there from the first, so that rows keep their shape, and refused when a
-- body sets one. docs/compat/callflow.md lists them.
local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do list[#list + 1] = word end
  return list
end

return {
  ex_extensions = words [[
    ex_2fatype ex_abusedetection ex_aisentiment ex_aisummary ex_alertemail ex_alertwhenoffline ex_applyalwaysrpid
    ex_autocallerid ex_autocidname ex_calleridregexsamesms ex_cidusage ex_cl_id ex_costlimits ex_dailycostlimit
    ex_dailycostlimitdom ex_dailycostlimitint ex_dailycostwarning ex_dailycostwarningdom ex_dailycostwarningint
    ex_dn_me_id ex_emailrecording ex_enableworkinghours ex_faxalert ex_faxgateway ex_fmfmdialmethod
    ex_fmfmholdmessage_id ex_fromfilterregex ex_ignoreemptyemergcallerid ex_ignoreinternalmissed
    ex_ignorequeuemissed ex_inboundblockcid ex_inboundblockcidname ex_includeindbn ex_includeinpb ex_ipfilter
    ex_minemailrecording ex_monthlycostlimit ex_monthlycostlimitdom ex_monthlycostlimitint ex_monthlycostwarning
    ex_monthlycostwarningdom ex_monthlycostwarningint ex_neverexpire ex_notifymissingemail
    ex_outboundrecordingmessage ex_overridecidname ex_overridecidnum ex_overridesippermit ex_passwordlocked
    ex_permit ex_permit_fqdn ex_pinlocked ex_prefixdefault ex_privacyrecording ex_pushnotification ex_regexprefix
    ex_regexprefixdefault ex_routecostlimit ex_rxvolume ex_sms_rp_id ex_smscidnum ex_spygroups ex_sw_id
    ex_switchboard ex_transcript ex_trunk ex_trunkcidoverride ex_trunkcidsource ex_trunkdid
    ex_trunkemergencycidoverride ex_txvolume ex_useextcallerid ex_useipfilter ex_useragentallowed
    ex_useragentsecurity ex_userapp ex_userpanel ex_webuseldap ex_workinghours]],
  te_tenants = words [[
    te_alertemail te_allowanycalleridforemerg te_cl_id te_defaultrrid te_prefixbillingcode te_provisioningdir
    te_recordingdirectory te_recordinghost te_recordingstorage te_recordinguser te_warningbalance]],
  qu_queues = words [[
    qu_agent_ag_id qu_agent_end_ag_id qu_agentname qu_allowoptimization qu_allowredirect qu_api_enabled
    qu_api_lastmessage qu_api_type qu_api_url qu_api_username qu_callbackabandonedstart qu_callbackagentfirst
    qu_callbackconfirm qu_callbackconfirmmessage_me_id qu_callbackexpiration qu_callbackfirstdelay
    qu_callbackhours qu_callbackwhenfree qu_calltimeout qu_emailrecording qu_ivr_id qu_logagentstatus
    qu_minemailrecording qu_nobodyhome qu_nofreemember qu_notifyabandoned qu_notifyabandonedemail
    qu_notifyabandonedsmsnumbers qu_notifyabandonedsmssender qu_notifyabandonedsmstext qu_notifyabandonedstart
    qu_notifyabandonedurl qu_notifytimeoutemail qu_numcallers qu_onautopause qu_parameters qu_pauseonend
    qu_raisepenalty qu_ringoffline qu_spygroups qu_usequeuerules]],
  di_dids = words [[
    di_aisentiment di_aisummary di_allowemergency di_cnam di_dp_id di_emailrecording di_extrafieldserver
    di_fax_email di_fax_store di_faxprinturl di_faxprinturlformat di_faxprotocol di_fullprivacy di_ibid
    di_minemailrecording di_mmslinkauthprovider di_mmslinkfield di_notifymaxchannels di_notifyunassigned
    di_sms_imsi di_sms_store di_smsanswer di_smsbodyfield di_smsemail di_smsfromfield di_smsprotocol
    di_smstofield di_storeandforwardnumber di_transcript]],
  fl_flows = words [[fl_monitor_parameter fl_monitor_type fl_monitor_type_id]],
  hu_huntlists = words [[hu_allowfmfm hu_allowredirect hu_checkoffline hu_fastdialing hu_usecustomdetails]],
  iv_ivrs = words [[iv_allowcustom iv_ivrtype iv_minsilence iv_silencethreshold]],
  cr_conferencerooms = words [[cr_rrid cr_sendreport cr_sendreportemail cr_sendreportemailfromdate]],
  ca_campaigns = words [[
    ca_emailrecording ca_faxquality ca_minemailrecording ca_onconnect_calleridname ca_pagerotate
    ca_pagesize ca_recording ca_statechange ca_summaxattempts channelsforfreeagents]],
  voicemail = words [[
    autodeleteolder category includeindbn ivr_id nextaftercmd onnewmessage summary_generate transcript_generate
    transcript_store tzbytenant voicemailbackup welcomeoption]],
  me_mediafiles = words [[me_moh me_voiceapihost me_voiceapiusername me_volume]],
  pr_providers = words [[pr_ignoresipcause]],
}
