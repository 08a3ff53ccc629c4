/// Properties of documents and forms that an element's `id` or `name` would hide from the scripts of
/// the page that shows it (DOM clobbering); what the documents and forms of Chromium have, in lower
/// case, without handlers and what only assistive technology reads.
enum ClobberingNames {
  private static let names = Set(
    """
    __definegetter__ __definesetter__ __lookupgetter__ __lookupsetter__ __proto__ acceptcharset \
    accesskey action activeelement activeviewtransition addeventlistener adoptedstylesheets \
    adoptnode after alinkcolor all anchors animate append appendchild applets assignedslot \
    attachinternals attachshadow attribute_node attributes attributestylemap autocapitalize \
    autocomplete autocorrect autofocus baseuri before bgcolor blur body browsingtopics \
    captureevents caretpositionfrompoint caretrangefrompoint cdata_section_node characterset \
    charset checkvalidity checkvisibility childelementcount childnodes children classlist \
    classname clear click clientheight clientleft clienttop clientwidth clonenode close closest \
    comment_node comparedocumentposition compatmode computedstylemap constructor contains \
    contenteditable contenttype contentwindow cookie createattribute createattributens \
    createcdatasection createcomment createdocumentfragment createelement createelementns \
    createevent createexpression createnodeiterator creatensresolver createprocessinginstruction \
    createrange createtextnode createtreewalker currentcsszoom currentscript \
    customelementregistry dataset defaultview designmode dir dispatchevent doctype document \
    document_fragment_node document_node document_position_contained_by \
    document_position_contains document_position_disconnected document_position_following \
    document_position_implementation_specific document_position_preceding document_type_node \
    documentelement documenturi domain draggable editcontext element_node elementfrompoint \
    elements elementsfrompoint elementtiming embeds encoding enctype enterkeyhint entity_node \
    entity_reference_node evaluate execcommand exitfullscreen exitpictureinpicture \
    exitpointerlock featurepolicy fgcolor firstchild firstelementchild focus focusgroup \
    focusgroupstart fonts forms fragmentdirective fullscreen fullscreenelement fullscreenenabled \
    getanimations getattribute getattributenames getattributenode getattributenodens \
    getattributens getboundingclientrect getclientrects getelementbyid getelementsbyclassname \
    getelementsbyname getelementsbytagname getelementsbytagnamens gethtml getrootnode \
    getselection hasattribute hasattributens hasattributes haschildnodes hasfocus hasownproperty \
    haspointercapture hasprivatetoken hasredemptionrecord hasstorageaccess \
    hasunpartitionedcookieaccess head hidden hidepopover id images implementation importnode \
    inert innerhtml innertext inputencoding inputmode insertadjacentelement insertadjacenthtml \
    insertadjacenttext insertbefore isconnected iscontenteditable isdefaultnamespace isequalnode \
    isprototypeof issamenode lang lastchild lastelementchild lastmodified length linkcolor links \
    localname location lookupnamespaceuri lookupprefix matches method movebefore name \
    namespaceuri nextelementsibling nextsibling nodename nodetype nodevalue nonce normalize \
    notation_node novalidate offsetheight offsetleft offsetparent offsettop offsetwidth open \
    outerhtml outertext ownerdocument parentelement parentnode part pictureinpictureelement \
    pictureinpictureenabled plugins pointerlockelement popover prefix prepend prerendering \
    previouselementsibling previoussibling processing_instruction_node propertyisenumerable \
    prototype pseudo querycommandenabled querycommandindeterm querycommandstate \
    querycommandsupported querycommandvalue queryselector queryselectorall readystate referrer \
    rel releaseevents releasepointercapture rellist remove removeattribute removeattributenode \
    removeattributens removechild removeeventlistener replacechild replacechildren replacewith \
    reportvalidity requestfullscreen requestpointerlock requeststorageaccess requestsubmit reset \
    role rootelement scripts scroll scrollby scrollheight scrollingelement scrollintoview \
    scrollintoviewifneeded scrollleft scrollto scrolltop scrollwidth setattribute \
    setattributenode setattributenodens setattributens sethtml sethtmlunsafe setpointercapture \
    shadowroot showpopover slot spellcheck startviewtransition style stylesheets submit tabindex \
    tagname target text_node textcontent timeline title toggleattribute togglepopover \
    tolocalestring tostring translate url valueof virtualkeyboardpolicy visibilitystate \
    vlinkcolor wasdiscarded webkitcancelfullscreen webkitcurrentfullscreenelement \
    webkitexitfullscreen webkitfullscreenelement webkitfullscreenenabled webkithidden \
    webkitisfullscreen webkitmatchesselector webkitrequestfullscreen webkitvisibilitystate when \
    write writeln writingsuggestions xmlencoding xmlstandalone xmlversion
    """.split(separator: " ").map(String.init))

  private static let nameByteLimit = 64

  /// Of a raw attribute value, in any case. What its character references stand for is looked at
  /// too; what is too long to be looked at is no property.
  static func contain(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var name: [UInt8] = []
    name.append(decoding: value, isAttribute: true)
    name.removeAll { $0 == 0 }
    guard name.count <= nameByteLimit else { return false }
    return names.contains(String(decoding: name, as: UTF8.self).lowercased())
  }
}
