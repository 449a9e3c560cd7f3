-- Rows that every installation starts with: codes that the APIs show by name and that objects
-- refer to by id. An operator may add to them.

INSERT INTO pi_phonebookitems (pi_id, pi_code, pi_name) VALUES
  (1, 'NAME', 'Name'),
  (2, 'PHONE1', 'Phone 1'),
  (3, 'PHONE2', 'Phone 2'),
  (4, 'PHONE3', 'Phone 3'),
  (5, 'EMAIL', 'E-mail'),
  (6, 'ROUTING', 'Routing'),
  (7, 'SURNAME', 'Surname'),
  (8, 'COMPANY', 'Company'),
  (9, 'DEPARTMENT', 'Department'),
  (10, 'ADDRESS', 'Address'),
  (11, 'CITY', 'City'),
  (12, 'STATE', 'State'),
  (13, 'ZIP', 'Postal code'),
  (14, 'COUNTRY', 'Country'),
  (15, 'MOBILE', 'Mobile'),
  (16, 'FAX', 'Fax'),
  (17, 'SPEEDDIAL', 'Speed dial'),
  (18, 'NOTES', 'Notes');

INSERT INTO sp_specials (sp_id, sp_code, sp_name) VALUES
  (1, 'HANGUP', 'Hang up'),
  (2, 'BUSY', 'Play busy'),
  (3, 'CONGESTION', 'Play congestion'),
  (4, 'ANSWER', 'Answer'),
  (5, 'RINGING', 'Play ringing'),
  (6, 'ECHO', 'Echo test'),
  (7, 'CALLERIDREADBACK', 'Read the caller id back'),
  (8, 'VOICEMAILMAIN', 'Own voicemail'),
  (9, 'DIALBYNAME', 'Dial by name'),
  (10, 'PICKUP', 'Pick up a ringing call'),
  (11, 'DNDTOGGLE', 'Switch do not disturb'),
  (12, 'WAITMUSIC', 'Hold with music');

INSERT INTO ct_customtypes (ct_id, ct_code, ct_name, ct_label1, ct_label2, ct_label3) VALUES
  (1, 'DIALNUMBER', 'Dial number', 'Number', 'Timeout', 'Caller id'),
  (2, 'AGI', 'AGI script', 'Script', 'Arguments', ''),
  (3, 'GOTO', 'Dialplan context', 'Context', 'Extension', 'Priority'),
  (4, 'SETVARIABLE', 'Set variable', 'Name', 'Value', ''),
  (5, 'CALLBACK', 'Call back', 'Delay', 'Attempts', 'Caller id'),
  (6, 'RANDOMDESTINATION', 'Random destination', '', '', ''),
  (7, 'PRIVACY', 'Privacy manager', 'Attempts', 'Length', ''),
  (8, 'HTTPREQUEST', 'HTTP request', 'URL', 'Method', 'Body');

INSERT INTO up_userprofiles (up_id, up_name, up_description, up_reserved, up_userpanel) VALUES
  (1, 'Administrator', 'Everything, in every tenant', 'on', ''),
  (2, 'Tenant administrator', 'Everything in the tenants of the user', 'on', ''),
  (3, 'User panel', 'The panel of one extension', 'on', 'on');

INSERT INTO up_privileges (upp_up_id, ug_id) VALUES
  (1, 'ADMIN'),
  (2, 'TENANTADMIN'),
  (3, 'USERPANEL');

INSERT INTO al_variables (al_id, al_name, al_description) VALUES
  (1, 'LANGUAGE', 'Language of prompts'),
  (2, 'TONEZONE', 'Tones of a country'),
  (3, 'COUNTRYCODE', 'Country code without zeros'),
  (4, 'AREACODE', 'Area code'),
  (5, 'RECORDINGFORMAT', 'Format of recordings'),
  (6, 'MAXCALLDURATION', 'Longest call in seconds'),
  (7, 'CALLERIDNUM', 'Default caller id number'),
  (8, 'CALLERIDNAME', 'Default caller id name');

INSERT INTO pm_phonemodels (pm_id, pm_vendor, pm_name) VALUES
  (1, 'Generic', 'SIP phone'),
  (2, 'Yealink', 'T46U'),
  (3, 'Yealink', 'T54W'),
  (4, 'Snom', 'D785'),
  (5, 'Grandstream', 'GXP2170'),
  (6, 'Polycom', 'VVX 450'),
  (7, 'Fanvil', 'X6U'),
  (8, 'Cisco', 'SPA504G');

-- Defaults of the known setting codes, at the global level.
INSERT INTO se_settings (se_te_id, se_code, se_value) VALUES
  (0, 'ADDITIONALDESTINATIONPEER', 'caller'),
  (0, 'CALLWAITING', 'yes'),
  (0, 'DEFAULTCALLERIDCF', 'ORIGINAL'),
  (0, 'DEFAULTTIMEOUTCF', '30'),
  (0, 'DIALBYNAMEALWAYSPLAY', 'no'),
  (0, 'DIALBYNAMEUSENAMES', 'all'),
  (0, 'DIALBYNAMEUSEVMGREETING', 'yes'),
  (0, 'DIALTIMEOUT', '180'),
  (0, 'EXTDIALTIMEOUT', '15'),
  (0, 'FAKERINGING', 'on'),
  (0, 'FAXOUTPREFIX', '2329'),
  (0, 'INTERNALRING', 'Bellcore-dr2'),
  (0, 'MAXCALLDURATION', '28800'),
  (0, 'ONINTERNALCALLBUSY', 'askforreservation'),
  (0, 'PAGEINUSE', 'CHECK'),
  (0, 'PARKTIMEOUT', '120'),
  (0, 'QUEUERING', 'Bellcore-dr4'),
  (0, 'RECORDINGBEEP', 'on'),
  (0, 'SMSSTORE', 'yes'),
  (0, 'TRANSFERRING', 'Bellcore-dr1'),
  (0, 'VMAUTORECOVER', 'no'),
  (0, 'VMSAMEPASSWORD', 'no'),
  (0, 'WEBCALLS', 'no'),
  (0, 'WORKINGHOURS', '0');
